/** Where the values of several rounds lie. */
export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** Where the true median lies with a probability of 95 %; undefined for too few values to tell. */
  readonly interval: Interval | undefined;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** With fewer values all of them together hold the median less often than in 90 % of cases. */
const FEWEST_FOR_INTERVAL = 5;
const RESAMPLES = 2_000;

/** The middle value; of an even number of values the mean of the two in the middle. Throws RangeError if there is none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  if (upper === undefined || lower === undefined) throw new RangeError("There is no median of no values.");
  return (lower + upper) / 2;
}

/** Median, spread and 95 % interval. Throws RangeError if there is no value. */
export function summarise(values: readonly number[]): Summary {
  const middle = median(values);
  return { median: middle, min: Math.min(...values), max: Math.max(...values), interval: intervalOf(values) };
}

/**
 * The ratios of values that were measured in the same round: what slows the machine down for a while
 * slows down both. Undefined if a reference is zero.
 */
export function summariseRatios(
  values: readonly number[],
  references: readonly number[],
): Summary | undefined {
  const pairs = pair(values, references);
  return references.includes(0) ? undefined : summarise(pairs.map(([value, reference]) => value / reference));
}

/** The differences of values that were measured in the same round. */
export function summariseDifferences(values: readonly number[], references: readonly number[]): Summary {
  return summarise(pair(values, references).map(([value, reference]) => value - reference));
}

function pair(values: readonly number[], references: readonly number[]): [number, number][] {
  if (values.length !== references.length)
    throw new RangeError(`There are ${values.length} values for ${references.length} references.`);
  return values.map((value, round) => [value, references[round] ?? Number.NaN]);
}

/** Bootstrap: the medians of samples drawn from the values; the same values always give the same interval. */
function intervalOf(values: readonly number[]): Interval | undefined {
  const { length } = values;
  if (length < FEWEST_FOR_INTERVAL) return undefined;
  const random = randomNumbers();
  const draw = () => values[Math.floor(random() * length)] ?? Number.NaN;
  const medians = Array.from({ length: RESAMPLES }, () => median(Array.from({ length }, draw)));
  medians.sort((a, b) => a - b);
  const at = (share: number) => medians[Math.floor(share * (RESAMPLES - 1))] ?? Number.NaN;
  return { low: at(0.025), high: at(0.975) };
}

/** Mulberry32, with a fixed seed. */
function randomNumbers(): () => number {
  let state = 1;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** How far a ratio was away from 1 at most, in any round. */
export function largestDeviation({ min, max }: Summary): number {
  return Math.max(Math.abs(min - 1), Math.abs(max - 1));
}
