import { status } from "@grpc/grpc-js";
import { ServiceError } from "../grpc/errors.ts";

/**
 * Whether a service takes requests. It moves on from state to state, never back: `starting`, `ready`, `stopping`
 * (told to stop, but still there for callers that do not know it yet), `draining` (only what runs is finished),
 * `windingDown` (what runs begins nothing more), `cutOff` (what still runs is given up).
 */
export type ReadinessState = "starting" | "ready" | "stopping" | "draining" | "windingDown" | "cutOff";

const order: readonly ReadinessState[] = [
  "starting",
  "ready",
  "stopping",
  "draining",
  "windingDown",
  "cutOff",
];

/** The signals by which requests that run learn that the service stops, in the order in which they fire. */
export interface StopSignals {
  /** Only what runs is finished: streams without an end of their own should end now. */
  readonly draining: AbortSignal;
  /** The time is running out: what takes long should begin nothing more, and end when that which it has begun has ended. */
  readonly windingDown: AbortSignal;
  /** The time is over: what still runs should give up, while its caller can still be told. */
  readonly cutOff: AbortSignal;
}

/** The state of a service, from its start to its end. The reason of its signals is a ServiceError UNAVAILABLE. */
export class Readiness implements StopSignals {
  #state: ReadinessState = "starting";
  #changed = Promise.withResolvers<void>();
  readonly #controllers = {
    draining: new AbortController(),
    windingDown: new AbortController(),
    cutOff: new AbortController(),
  };

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

  get draining(): AbortSignal {
    return this.#controllers.draining.signal;
  }

  get windingDown(): AbortSignal {
    return this.#controllers.windingDown.signal;
  }

  get cutOff(): AbortSignal {
    return this.#controllers.cutOff.signal;
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
    if (state === "draining" || state === "windingDown" || state === "cutOff") {
      this.#controllers[state].abort(new ServiceError(status.UNAVAILABLE, "the service is stopping"));
    }
  }
}
