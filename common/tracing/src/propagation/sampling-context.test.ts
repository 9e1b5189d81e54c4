import fc from "fast-check";
import { expect, test } from "vitest";
import { createSamplingContext } from "./sampling-context.ts";

const write = createSamplingContext({
  environment: "test",
  release: "ledger@1.2.3",
  publicKey: "0123",
  organizationId: undefined,
});

function randOf(draw: number, probability?: number): string | undefined {
  const header = write({ traceId: "0af7651916cd43dd8448eb211c80319c", sampled: true, draw, probability });
  return /,sentry-sample_rand=([^,]*)/.exec(header)?.[1];
}

test.each([
  [0, "0.000000"],
  [0.000_000_9, "0.000000"],
  [0.000_001, "0.000001"],
  [0.001_234_567, "0.001234"],
  [0.05, "0.050000"],
  [0.999_999_9, "0.999999"],
])("the place %d of a trace is told as %s: six digits, cut", (draw, text) => {
  expect(randOf(draw)).toBe(text);
});

test("whatever the place and the rate, what is told of it leads to the same decision", () => {
  // Places are whole multiples of 2^-53.
  const place = fc.maxSafeNat().map((steps) => steps / 2 ** 53);
  const rate = fc.double({ min: 1e-6, max: 1, noNaN: true });
  // A rate that is the place itself, or just beside it, is where digits that are cut would tell.
  const near = fc
    .tuple(place, rate, fc.constantFrom(0, 1e-9, -1e-9))
    .map(([draw, other, offset]) => [draw, draw > 1e-5 ? draw + offset : other] as const);
  fc.assert(
    fc.property(fc.oneof(fc.tuple(place, rate), near), ([draw, probability]) => {
      const text = randOf(draw, probability) ?? "";
      expect(text).toMatch(/^\d\.?\d*$/);
      expect(Number(text) < probability).toBe(draw < probability);
      expect(Math.abs(Number(text) - draw)).toBeLessThan(1e-6);
    }),
  );
});
