import { status } from "@grpc/grpc-js";
import { ServiceError } from "../grpc/errors.ts";

/**
 * Whether a service takes requests. It moves on from state to state, never back: `starting`, `ready`, `stopping`
 * (told to stop, but still there for callers that do not know it yet), `draining` (only what runs is finished).
 */
export type ReadinessState = "starting" | "ready" | "stopping" | "draining";

const order: readonly ReadinessState[] = ["starting", "ready", "stopping", "draining"];

/** The state of a service, from its start to its end. */
export class Readiness {
  #state: ReadinessState = "starting";
  #changed = Promise.withResolvers<void>();
  readonly #draining = new AbortController();

  get state(): ReadinessState {
    return this.#state;
  }

  /** Whether it takes requests. */
  get ready(): boolean {
    return this.#state === "ready";
  }

  /** Whether it has not been told to stop. */
  get live(): boolean {
    return this.#state === "starting" || this.ready;
  }

  /**
   * Fires when only what runs is finished: streams without an end of their own should end now. Its reason is a
   * ServiceError UNAVAILABLE, which tells their callers to turn to another instance.
   */
  get draining(): AbortSignal {
    return this.#draining.signal;
  }

  /** Resolves when the state changes next. */
  get changed(): Promise<void> {
    return this.#changed.promise;
  }

  /** Moves on; nothing happens if the state has been reached, or passed, already. */
  moveTo(state: ReadinessState): void {
    if (order.indexOf(state) <= order.indexOf(this.#state)) return;
    this.#state = state;
    const changed = this.#changed;
    this.#changed = Promise.withResolvers();
    changed.resolve();
    if (state === "draining")
      this.#draining.abort(new ServiceError(status.UNAVAILABLE, "the service is stopping"));
  }
}
