/** Where the values of several rounds lie. */
export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** The middle value; of an even number of values the mean of the two in the middle. Throws RangeError if there is none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  if (upper === undefined || lower === undefined) throw new RangeError("There is no median of no values.");
  return (lower + upper) / 2;
}

/** Median and spread. Throws RangeError if there is no value. */
export function summarise(values: readonly number[]): Summary {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

/**
 * Median and spread of the ratios of values that were measured in the same round: what slows the
 * machine down for a while slows down both. Undefined if a reference is zero.
 */
export function summariseRatios(
  values: readonly number[],
  references: readonly number[],
): Summary | undefined {
  if (values.length !== references.length)
    throw new RangeError(`There are ${values.length} values for ${references.length} references.`);
  return references.includes(0)
    ? undefined
    : summarise(values.map((value, round) => value / (references[round] ?? Number.NaN)));
}

/** How far a ratio was away from 1 at most, in any round. */
export function largestDeviation({ min, max }: Summary): number {
  return Math.max(Math.abs(min - 1), Math.abs(max - 1));
}
