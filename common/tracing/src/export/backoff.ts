const FIRST_BACKOFF = 500;
const LONGEST_BACKOFF = 30_000;

/**
 * How long to wait after a failed try, in milliseconds: as long as the server asks, or twice as long as before.
 * A server that says "now" is not asked again at once either: it would be hammered.
 */
export function nextBackoff(previousMs: number, askedMs: number | undefined): number {
  return Math.max(askedMs ?? Math.min(previousMs * 2, LONGEST_BACKOFF), FIRST_BACKOFF);
}

const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 1_000;

/**
 * How long to wait before another try when there is a limit; undefined if none fits into what is left of it.
 * `heldMs` is what a server has asked for. Pauses never take more than half of what is left, so that the last
 * try comes shortly before the limit.
 */
export function pauseWithin(leftMs: number, failedTries: number, heldMs: number): number | undefined {
  const own = Math.min(FIRST_PAUSE * 2 ** failedTries, LONGEST_PAUSE, leftMs / 2);
  const pause = Math.max(own, FIRST_PAUSE, heldMs);
  return pause < leftMs ? pause : undefined;
}
