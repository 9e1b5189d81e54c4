import { expect, test } from "vitest";
import { largestDeviation, median, summarise, summariseRatios } from "./statistics.ts";

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
  expect(summarise([100, 101, 900, 99, 100])).toEqual({ median: 100, min: 99, max: 900 });
});

test("ratios compare values of the same round, so that a slow machine does not count", () => {
  expect(summariseRatios([11, 22, 44], [10, 20, 40])).toEqual({ median: 1.1, min: 1.1, max: 1.1 });
});

test("there is no ratio to nothing", () => {
  expect(summariseRatios([5, 6], [0, 1])).toBeUndefined();
});

test("ratios of rounds that do not match are refused", () => {
  expect(() => summariseRatios([1, 2], [1])).toThrow("2 values for 1 references");
});

test("the largest deviation counts in both directions", () => {
  expect(largestDeviation({ median: 1, min: 0.75, max: 1.125 })).toBe(0.25);
  expect(largestDeviation({ median: 1, min: 1, max: 1.125 })).toBe(0.125);
});
