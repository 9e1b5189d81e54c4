import { SlidingWindow } from "./sliding-window.ts";

const BUCKETS = 10;
const BUCKET_MS = 100;
/** Lets more through than there is room for, so that neither chance nor a storm that swells and ebbs leaves room unused. */
const MARGIN = 2;
/** What the full window owes is paid by this many of those that a second has room for. */
const PAID_BY_SHARE = 1 / 4;
/** So long after the window was full the storm is over: what is owed is not paid by failures that have nothing to do with it. */
const LONGEST_DEBT_MS = 1_000;

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
  /** Traces that those stand for which the draw let through and the full window did not. */
  #owed = 0;
  #owedSince = 0;

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
    const share = Math.min(1, (this.#most * MARGIN) / this.#count());
    if (draw >= share) return undefined;
    if (!this.#window.tryTake()) {
      this.#owed += 1 / share;
      this.#owedSince = this.#now();
      return undefined;
    }
    return 1 / (1 / share + this.#pay());
  }

  /** Takes one from what may be kept, for something that belongs to a kept trace. */
  tryTake(): boolean {
    return this.#window.tryTake();
  }

  /** What this one stands for in the place of those that found the window full. */
  #pay(): number {
    if (this.#now() - this.#owedSince > LONGEST_DEBT_MS) this.#owed = 0;
    const paid = this.#owed * Math.min(1, 1 / (this.#most * PAID_BY_SHARE));
    this.#owed -= paid;
    return paid;
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
