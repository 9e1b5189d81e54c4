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
  /** How many asked in each tenth of the last second. */
  readonly #asked = new Float64Array(BUCKETS);
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
    const asked = this.#count();
    const share = Math.min(1, this.#most / asked);
    if (share < 1 && draw >= share * MARGIN) return undefined;
    return this.#window.tryTake() ? share : undefined;
  }

  /** Takes one from what may be kept, for something that belongs to a kept trace. */
  tryTake(): boolean {
    return this.#window.tryTake();
  }

  /** Counts this one, and gives how many have asked within the last second. */
  #count(): number {
    const bucket = Math.floor(this.#now() / BUCKET_MS);
    const passed = Math.min(bucket - this.#bucket, BUCKETS);
    for (let step = 0; step < passed; step++) this.#asked[(bucket - step) % BUCKETS] = 0;
    this.#bucket = bucket;
    const at = bucket % BUCKETS;
    this.#asked[at] = (this.#asked[at] as number) + 1;
    let sum = 0;
    for (const count of this.#asked) sum += count;
    return sum;
  }
}
