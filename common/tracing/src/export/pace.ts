import { nextBackoff } from "./backoff.ts";
import type { Outcome } from "./outcome.ts";

/** When a destination may be sent to: pauses after failures, those that it asks for, and its rate limits. */
export class Pace {
  #backoffMs = 0;
  /** When the server may be asked again, if it has said so. */
  #heldUntil = 0;
  /** Until when only kept traces are taken. */
  #limitedUntil = 0;

  /** The last request failed, and another try may help. */
  get isDown(): boolean {
    return this.#backoffMs > 0;
  }

  /** What is left of the pause that the server has asked for, in whole milliseconds. */
  get heldMs(): number {
    return Math.max(0, Math.floor(this.#heldUntil - performance.now()));
  }

  /** How long to wait now, in milliseconds. */
  get pauseMs(): number {
    return Math.max(this.#backoffMs, this.heldMs);
  }

  get isLimited(): boolean {
    return performance.now() < this.#limitedUntil;
  }

  /** A request has ended. */
  settle(outcome: Outcome): void {
    this.#backoffMs = outcome.kind === "retry" ? nextBackoff(this.#backoffMs, outcome.waitMs) : 0;
    this.heed(outcome);
  }

  /** Waits for as long as the server has asked; true if it takes no more for now. */
  heed(outcome: Outcome): boolean {
    const waitMs = "waitMs" in outcome ? (outcome.waitMs ?? 0) : 0;
    if (waitMs > 0) this.#heldUntil = performance.now() + waitMs;
    const limited =
      outcome.kind === "accepted" ? waitMs > 0 : outcome.kind === "retry" && outcome.limited === true;
    if (limited) this.#limitedUntil = performance.now() + Math.max(waitMs, this.#backoffMs);
    return limited;
  }
}
