/** Lets so many things happen within any second, and no more. */
export class SlidingWindow {
  readonly #times: Float64Array;
  readonly #now: () => number;
  #next = 0;

  /**
   * @param most per second, at least 1.
   * @param now milliseconds that never run backwards.
   */
  constructor(most: number, now: () => number) {
    this.#times = new Float64Array(most).fill(Number.NEGATIVE_INFINITY);
    this.#now = now;
  }

  /** Takes one if there is one to take. */
  tryTake(): boolean {
    const now = this.#now();
    // The oldest of the last `most` takes: a second later its place is free.
    if (now - (this.#times[this.#next] as number) < 1_000) return false;
    this.#times[this.#next] = now;
    this.#next = (this.#next + 1) % this.#times.length;
    return true;
  }
}
