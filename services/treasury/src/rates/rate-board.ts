import { type Pair, RateWalk } from "./rate-walk.ts";

/** About what each currency was worth in US dollars, in millionths. */
const STARTS: ReadonlyMap<string, bigint> = new Map([
  ["CHF", 1_130_000n],
  ["DKK", 145_000n],
  ["EUR", 1_085_000n],
  ["GBP", 1_270_000n],
  ["JPY", 6_700n],
  ["NOK", 94_000n],
  ["SEK", 96_000n],
  ["USD", 1_000_000n],
]);

export interface RateBoardOptions {
  /** The same seed gives the same rates. */
  seed: number;
  /** Milliseconds between two changes. */
  intervalMs: number;
}

/** The rates of now. They change only while someone watches. */
export class RateBoard {
  readonly #walk: RateWalk;
  readonly #intervalMs: number;
  readonly #watchers = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;

  constructor({ seed, intervalMs }: RateBoardOptions) {
    this.#walk = new RateWalk(seed, STARTS);
    this.#intervalMs = intervalMs;
  }

  knows(currency: string): boolean {
    return this.#walk.knows(currency);
  }

  /** Millionths of the quote currency for one unit of the base currency. Throws RangeError for unknown ones. */
  rate(pair: Pair): bigint {
    return this.#walk.rate(pair);
  }

  /** Calls `changed` after each change; returns a function that ends that. */
  watch(changed: () => void): () => void {
    this.#watchers.add(changed);
    this.#timer ??= setInterval(() => this.#step(), this.#intervalMs);
    return () => {
      this.#watchers.delete(changed);
      if (this.#watchers.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  }

  #step(): void {
    this.#walk.step();
    for (const changed of this.#watchers) changed();
  }
}
