import { setTimeout as delay } from "node:timers/promises";
import { pauseWithin } from "./backoff.ts";

export interface Endeavour {
  /** True if nothing is left to do. Never rejects. */
  readonly attempt: () => Promise<boolean>;
  /** How long the other side has asked not to be tried, in milliseconds. */
  readonly heldMs: () => number;
}

/** Tries again and again, with pauses, until all is done or no try fits into the limit. A limit of 0 is no try. */
export async function keepTrying(limitMs: number, { attempt, heldMs }: Endeavour): Promise<void> {
  if (limitMs <= 0) return;
  const deadline = performance.now() + limitMs;
  const tryOn = async (): Promise<void> => {
    for (let failed = 0; !(await attempt()); failed++) {
      const pause = pauseWithin(deadline - performance.now(), failed, heldMs());
      if (pause === undefined) return;
      await delay(pause);
    }
  };
  // An attempt may hang for longer than the limit.
  const { promise: limit, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, limitMs);
  await Promise.race([tryOn(), limit]);
  clearTimeout(timer);
}
