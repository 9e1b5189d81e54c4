import fc from "fast-check";
import { expect, test } from "vitest";
import { parseRate } from "./rate.ts";

test.each([
  ["0", 0],
  ["1", 1],
  ["0.01", 0.01],
  [".01", 0.01],
  ["1.", 1],
  ["1e-2", 0.01],
  ["1E-6", 0.000001],
  ["+0.5", 0.5],
])("%j is a rate", (text, rate) => {
  expect(parseRate(text)).toBe(rate);
});

test.each([
  ["1%", "such as 0.01 for 1%"],
  ["0,5 %", "such as 0.005 for 0,5 %"],
  ["0,01", "with a point: 0.01"],
  ["5", "such as 0.05 for 5 percent"],
  ["abc", "such as 0.01 for one percent"],
  ["", "such as 0.01"],
  ["-1", "from 0 to 1"],
  ["101", "from 0 to 1"],
  ["NaN", "from 0 to 1"],
  ["Infinity", "from 0 to 1"],
  ["0x1", "from 0 to 1"],
  ["1 0", "from 0 to 1"],
  ["١", "from 0 to 1"],
])("%j is refused, and the message shows the right spelling", (text, hint) => {
  expect(() => parseRate(text)).toThrow(hint);
});

test("whatever is written, the result is a share or a message", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.double().map(String)), (text) => {
      try {
        const rate = parseRate(text);
        expect(rate >= 0 && rate <= 1).toBe(true);
      } catch (fault) {
        expect((fault as Error).message).toMatch(/write a number from 0 to 1/);
      }
    }),
  );
});
