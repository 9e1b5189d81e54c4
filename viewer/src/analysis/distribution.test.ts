import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Distribution } from "./distribution.ts";

const distributionOf = (samples: readonly (readonly [nanos: number, weight: number, failed?: boolean])[]) => {
  const distribution = new Distribution();
  for (const [nanos, weight, failed = false] of samples) distribution.add(nanos, weight, failed);
  return distribution;
};

describe("Distribution", () => {
  it("counts each sample for as many as it stands for", () => {
    // One of a hundred sampled at 1 %, and one failure that was kept.
    const distribution = distributionOf([
      [10, 100],
      [50, 1, true],
    ]);
    expect(distribution.received).toBe(2);
    expect(distribution.count).toBe(101);
    expect(distribution.failedShare).toBeCloseTo(1 / 101);
    expect(distribution.percentiles([0.5, 0.99, 1])).toEqual([10, 10, 50]);
  });

  it("takes the nearest rank", () => {
    const hundred = distributionOf(Array.from({ length: 100 }, (_, index) => [100 - index, 1]));
    expect(hundred.percentiles([0, 0.5, 0.95, 0.99, 1])).toEqual([1, 50, 95, 99, 100]);
    expect(distributionOf([]).percentiles([0.5])).toEqual([0]);
    expect(distributionOf([]).failedShare).toBe(0);
  });

  it("gives for whole weights what repeating the samples gives", () => {
    const samples = fc.array(fc.tuple(fc.nat(50), fc.integer({ min: 1, max: 5 })), { minLength: 1 });
    fc.assert(
      fc.property(samples, fc.double({ min: 0, max: 1, noNaN: true }), (weighted, share) => {
        const repeated = weighted.flatMap(([nanos, weight]) =>
          Array.from({ length: weight }, () => [nanos, 1] as const),
        );
        expect(distributionOf(weighted).percentiles([share])).toEqual(
          distributionOf(repeated).percentiles([share]),
        );
      }),
    );
  });

  it("draws a histogram in which nothing is lost", () => {
    expect(
      distributionOf([
        [100, 3],
        [199, 1, true],
        [400, 2],
        [1e9, 1],
        [0, 1],
      ]).histogram(100, 1, 4),
    ).toEqual([
      { ok: 4, failed: 1 },
      { ok: 0, failed: 0 },
      { ok: 2, failed: 0 },
      { ok: 1, failed: 0 },
    ]);
  });
});
