import { expect, test } from "vitest";
import { RateWalk } from "./rate-walk.ts";

const starts = new Map([
  ["EUR", 1_085_000n],
  ["JPY", 6_700n],
  ["USD", 1_000_000n],
]);
const pair = { base: "EUR", quote: "USD" };

function walk(seed: number, steps: number): bigint[] {
  const rates = new RateWalk(seed, starts);
  return Array.from({ length: steps }, () => {
    rates.step();
    return rates.rate(pair);
  });
}

test("begins where it was told to", () => {
  const rates = new RateWalk(1, starts);
  expect(rates.rate(pair)).toBe(1_085_000n);
  expect(rates.rate({ base: "EUR", quote: "JPY" })).toBe(161_940_298n);
});

test("the same seed gives the same rates, another one others", () => {
  expect(walk(7, 100)).toEqual(walk(7, 100));
  expect(walk(7, 100)).not.toEqual(walk(8, 100));
});

test("wanders in small steps, never far", () => {
  const rates = walk(3, 20_000);
  expect(new Set(rates).size).toBeGreaterThan(1_000);
  rates.reduce((before, rate) => {
    const change = rate > before ? rate - before : before - rate;
    expect(change * 1_000n).toBeLessThan(before * 4n);
    return rate;
  });
  // Each of the two values stays within a quarter: the ratio between 3/5 and 5/3 of the first.
  for (const rate of rates) {
    expect(rate).toBeGreaterThan(650_000n);
    expect(rate).toBeLessThan(1_809_000n);
  }
});

test("a currency without a value is named", () => {
  expect(() => new RateWalk(1, starts).rate({ base: "EUR", quote: "XXX" })).toThrow("no rate for XXX");
});
