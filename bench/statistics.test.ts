import { expect, test } from "vitest";
import { largestDeviation, median, summarise, summariseDifferences, summariseRatios } from "./statistics.ts";

test("the median of an odd number of values is the middle one, in whatever order they come", () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([10, 9, 100])).toBe(10);
  expect(median([7])).toBe(7);
});

test("the median of an even number of values lies between the two in the middle", () => {
  expect(median([4, 1, 3, 1_000])).toBe(3.5);
});

test("there is no median of no values", () => {
  expect(() => median([])).toThrow("no median of no values");
});

test("one slow round moves the spread but not the median", () => {
  expect(summarise([100, 101, 900, 99, 100])).toMatchObject({ median: 100, min: 99, max: 900 });
});

test("ratios compare values of the same round, so that a slow machine does not count", () => {
  expect(summariseRatios([11, 22, 44], [10, 20, 40])).toMatchObject({ median: 1.1, min: 1.1, max: 1.1 });
});

test("there is no ratio to nothing", () => {
  expect(summariseRatios([5, 6], [0, 1])).toBeUndefined();
});

test("differences compare values of the same round", () => {
  expect(summariseDifferences([15, 25, 30], [10, 20, 20])).toMatchObject({ median: 5, min: 5, max: 10 });
});

test("ratios of rounds that do not match are refused", () => {
  expect(() => summariseRatios([1, 2], [1])).toThrow("2 values for 1 references");
});

test("too few values have no interval, and equal ones have none of any width", () => {
  expect(summarise([1, 2, 3, 4]).interval).toBeUndefined();
  expect(summarise([3, 3, 3, 3, 3]).interval).toEqual({ low: 3, high: 3 });
});

test("the interval holds the true median in nineteen of twenty runs of ten rounds", () => {
  const random = uniform(7);
  const normal = () => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
  const runs = 500;
  let held = 0;
  for (let run = 0; run < runs; run++) {
    const { interval } = summarise(Array.from({ length: 10 }, () => 1.05 + normal() * 0.02));
    if (interval !== undefined && interval.low <= 1.05 && 1.05 <= interval.high) held++;
  }
  expect(held / runs).toBeGreaterThan(0.92);
  expect(held / runs).toBeLessThan(0.99);
});

test("the same values always have the same interval, and more rounds a narrower one", () => {
  const values = [1.02, 1.05, 0.99, 1.1, 1.03, 1.04, 1.01, 1.06];
  expect(summarise(values)).toEqual(summarise([...values]));
  const width = ({ interval }: ReturnType<typeof summarise>) => (interval?.high ?? 0) - (interval?.low ?? 0);
  expect(width(summarise([...values, ...values, ...values]))).toBeLessThan(width(summarise(values)));
});

test("the largest deviation counts in both directions", () => {
  expect(largestDeviation({ ...summarise([1]), min: 0.75, max: 1.125 })).toBe(0.25);
  expect(largestDeviation({ ...summarise([1]), min: 1, max: 1.125 })).toBe(0.125);
});

/** A linear congruential generator, open at both ends. */
function uniform(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
}
