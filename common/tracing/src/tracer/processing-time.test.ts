import { expect, test } from "vitest";
import { ProcessingTime } from "./processing-time.ts";

test("of begins and ends that alternate both are timed, and their sum is true", () => {
  let now = 0;
  const processing = new ProcessingTime(() => now);
  const take = (ms: number) => () => {
    now += ms;
    return ms;
  };
  for (let request = 0; request < 61 * 10; request++) {
    expect(processing.measure(take(2))).toBe(2);
    expect(processing.measure(take(1))).toBe(1);
  }
  expect(processing.seconds).toBeCloseTo(now / 1_000, 6);
});

test("what a part throws is passed on, and its time counts", () => {
  let now = 0;
  const processing = new ProcessingTime(() => now);
  const fail = () => {
    now += 1;
    throw new Error("broken");
  };
  for (let run = 0; run < 61; run++) expect(() => processing.measure(fail)).toThrow("broken");
  expect(processing.seconds).toBeCloseTo(0.061, 6);
});
