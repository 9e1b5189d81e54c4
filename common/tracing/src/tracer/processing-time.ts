/** Of so many runs one is timed; a prime, so that no rhythm of begins and ends leaves some of them out. */
const EVERY = 61;

/** Estimates the time that tracing's own code takes in the path of calls, by timing one run in 61 of it. */
export class ProcessingTime {
  /** What has been taken so far, in seconds. */
  seconds = 0;
  #runs = 0;
  readonly #now: () => number;

  /** @param now milliseconds that never run backwards. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Runs a part of tracing, and passes on what it returns or throws. */
  measure<T>(part: () => T): T {
    if (++this.#runs < EVERY) return part();
    this.#runs = 0;
    const start = this.#now();
    try {
      return part();
    } finally {
      this.seconds += ((this.#now() - start) / 1_000) * EVERY;
    }
  }
}
