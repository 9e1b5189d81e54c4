import { createHash } from "node:crypto";

/** Millionths: a rate of 1.25 is 1,250,000. */
const SCALE = 1_000_000n;
/** No step changes a value by more than this, in millionths. */
const MOST_CHANGE = 1_000n;
/** A value stays within a quarter of where it began. */
const MOST_DISTANCE = SCALE / 4n;

/** A pair of different currencies. */
export interface Pair {
  readonly base: string;
  readonly quote: string;
}

/**
 * Exchange rates that wander, the same ones for the same seed. Every currency has a value, which each step changes by
 * at most a thousandth; a pair's rate is the ratio of two values. Integers only, so that nothing is rounded twice.
 */
export class RateWalk {
  readonly #seed: number;
  /** By currency, what its value has been multiplied with since the beginning, in millionths. */
  readonly #factors = new Map<string, bigint>();
  readonly #starts: ReadonlyMap<string, bigint>;
  #steps = 0;

  /** @param starts the value of each currency at the beginning, in millionths of any unit */
  constructor(seed: number, starts: ReadonlyMap<string, bigint>) {
    this.#seed = seed;
    this.#starts = starts;
  }

  step(): void {
    this.#steps++;
    for (const currency of this.#starts.keys()) {
      const factor = (this.#factors.get(currency) ?? SCALE) + this.#change(currency);
      const low = SCALE - MOST_DISTANCE;
      const high = SCALE + MOST_DISTANCE;
      this.#factors.set(currency, factor < low ? low : factor > high ? high : factor);
    }
  }

  knows(currency: string): boolean {
    return this.#starts.has(currency);
  }

  /** Millionths of the quote currency for one unit of the base currency, rounded down. */
  rate({ base, quote }: Pair): bigint {
    return (this.#value(base) * SCALE) / this.#value(quote);
  }

  #value(currency: string): bigint {
    const start = this.#starts.get(currency);
    if (start === undefined) throw new RangeError(`there is no rate for ${currency}`);
    return (start * (this.#factors.get(currency) ?? SCALE)) / SCALE;
  }

  /** From -MOST_CHANGE to MOST_CHANGE. */
  #change(currency: string): bigint {
    const digest = createHash("sha256").update(`${this.#seed} ${this.#steps} ${currency}`).digest();
    return (digest.readBigUInt64BE() % (2n * MOST_CHANGE + 1n)) - MOST_CHANGE;
  }
}
