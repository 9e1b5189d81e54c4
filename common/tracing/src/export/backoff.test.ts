import { expect, test } from "vitest";
import { nextBackoff, pauseWithin } from "./backoff.ts";

test("the wait doubles from half a second to half a minute", () => {
  const waits: number[] = [];
  for (let previous = 0; waits.length < 9; previous = waits.at(-1) ?? 0)
    waits.push(nextBackoff(previous, undefined));
  expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
});

test.each([
  [0, 500],
  [200, 500],
  [60_000, 60_000],
  [300_000, 300_000],
])("a server that asks for %d ms gets %d ms", (asked, wait) => {
  expect(nextBackoff(4_000, asked)).toBe(wait);
});

test("with a limit the first pauses are short, then a second", () => {
  const pauses = [0, 1, 2, 3, 4, 50, 5_000].map((tries) => pauseWithin(60_000, tries, 0));
  expect(pauses).toEqual([100, 200, 400, 800, 1_000, 1_000, 1_000]);
});

test.each([
  [1_000, 500],
  [300, 150],
  [150, 100],
  [101, 100],
  [100, undefined],
  [0, undefined],
  [-5, undefined],
])("with %d ms left after many tries, the pause is %s", (left, pause) => {
  expect(pauseWithin(left, 20, 0)).toBe(pause);
});

test.each([
  [900, 900],
  [50, 100],
  [999, 999],
  [1_000, undefined],
  [60_000, undefined],
])("a server that asks for %d ms of the last 1000 ms makes it %s", (held, pause) => {
  expect(pauseWithin(1_000, 0, held)).toBe(pause);
});
