import type { Metadata } from "@grpc/grpc-js";
import type { GrpcInstrumentation } from "./instrumentation.ts";
import { type Announcement, decisionSignal, formatSignal } from "./signals.ts";
import { type OutgoingStatus, withSignal } from "./trailer.ts";

/**
 * An incoming call of a method that is never traced. It has no span, but what was decided of its trace below goes
 * up through it, and that it was not recorded does not mean that nothing is.
 */
export class PassingCall {
  readonly #instrumentation: GrpcInstrumentation;
  readonly #announced: Announcement;
  readonly #keepId: string;
  readonly #metadata: Metadata;

  constructor(
    instrumentation: GrpcInstrumentation,
    announced: Announcement,
    keepId: string,
    metadata: Metadata,
  ) {
    this.#instrumentation = instrumentation;
    this.#announced = announced;
    this.#keepId = keepId;
    this.#metadata = metadata;
  }

  metadataSent(metadata: Metadata): Metadata {
    return metadata;
  }

  statusSent(status: OutgoingStatus): OutgoingStatus {
    const { keeper, servesRecalls } = this.#instrumentation;
    const { kept, asks } = this.#announced;
    const decided = kept === undefined ? decisionSignal(keeper.decisionOf(this.#keepId)) : undefined;
    return withSignal(status, formatSignal({ ...decided, recalls: asks && servesRecalls() }), this.#metadata);
  }

  ended(): void {}
}
