import fc from "fast-check";
import { expect, test } from "vitest";
import { fromThreshold, toThreshold } from "./probability.ts";

test.each([
  [1, "00000000000000"],
  [0.5, "80000000000000"],
  [0.25, "c0000000000000"],
  [0.01, "fd70a3d70a3d71"],
  [0.000001, "ffffef39085f4a"],
])("probability %d is threshold %s, and back", (probability, threshold) => {
  expect(toThreshold(probability)).toBe(threshold);
  expect(fromThreshold(threshold)).toBe(probability);
});

test("every decimal rate comes back as it was written", () => {
  const rate = fc.integer({ min: 1, max: 1_000_000 }).map((millionths) => millionths / 1e6);
  fc.assert(
    fc.property(rate, (probability) => {
      expect(fromThreshold(toThreshold(probability))).toBe(probability);
    }),
  );
});

test("a threshold has always 14 digits, also for probabilities next to nothing", () => {
  fc.assert(
    fc.property(fc.double({ min: Number.MIN_VALUE, max: 1, noNaN: true }), (probability) => {
      expect(toThreshold(probability)).toMatch(/^[0-9a-f]{14}$/);
    }),
  );
});

test("trailing zeros may be missing", () => {
  expect(fromThreshold("8")).toBe(0.5);
  expect(fromThreshold("fd70a4")).toBeCloseTo(0.01, 7);
});

test.each(["", "x", "0x8", "8 ", "FD", "123456789012345", "-8", "8\n"])("%j is no threshold", (text) => {
  expect(fromThreshold(text)).toBeUndefined();
});
