import { SlidingWindow } from "./sliding-window.ts";

const BUCKETS = 10;
const BUCKET_MS = 100;
/** Lets a few more through than there is room for, so that chance leaves no room unused. */
const MARGIN = 1.15;

/**
 * Bounds how many traces are kept per second. While more fail than may be kept, those with the lowest
 * draws are: every process that sees as many of them chooses the same ones, and a trace is not kept
 * in one and refused in another.
 */
export class KeepLimit {
  readonly #most: number;
  readonly #now: () => number;
  readonly #window: SlidingWindow;
  /** How many asked in each tenth of the last second, and how many of these were admitted. */
  readonly #asked = new Float64Array(BUCKETS);
  readonly #admitted = new Float64Array(BUCKETS);
  #bucket = 0;

  /** @param now milliseconds that never run backwards. */
  constructor(mostPerSecond: number, now: () => number) {
    this.#most = mostPerSecond;
    this.#now = now;
    this.#window = new SlidingWindow(mostPerSecond, now);
  }

  /**
   * The probability with which a trace like this one is kept now, if it is: 1 while all are, less in a
   * storm, so that counts made of what is kept stay true. Undefined if the trace is refused.
   */
  admit(draw: number): number | undefined {
    const bucket = this.#bucketOfNow();
    const asked = addTo(this.#asked, bucket);
    if (draw >= (this.#most / asked) * MARGIN || !this.#window.tryTake()) return undefined;
    // Not what was aimed at: chance, and what else takes from the window, leave another share.
    return addTo(this.#admitted, bucket) / asked;
  }

  /** Takes one from what may be kept, for something that belongs to a kept trace. */
  tryTake(): boolean {
    return this.#window.tryTake();
  }

  /** The bucket of now; those since the last call are emptied. */
  #bucketOfNow(): number {
    const bucket = Math.floor(this.#now() / BUCKET_MS);
    const passed = Math.min(bucket - this.#bucket, BUCKETS);
    for (let step = 0; step < passed; step++) {
      const at = (bucket - step) % BUCKETS;
      this.#asked[at] = 0;
      this.#admitted[at] = 0;
    }
    this.#bucket = bucket;
    return bucket % BUCKETS;
  }
}

/** Counts one more, and gives the sum of all buckets. */
function addTo(buckets: Float64Array, at: number): number {
  buckets[at] = (buckets[at] as number) + 1;
  let sum = 0;
  for (const count of buckets) sum += count;
  return sum;
}
