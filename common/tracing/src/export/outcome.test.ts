import fc from "fast-check";
import { expect, test } from "vitest";
import { judgeAnswer } from "./outcome.ts";

const NOW = Date.parse("2026-03-01T12:00:00Z");

test.each([200, 202, 204])("status %d is accepted", (status) => {
  expect(judgeAnswer(status, {}, NOW)).toEqual({ kind: "accepted" });
});

test.each([429, 502, 503, 504])("status %d is worth another try", (status) => {
  expect(judgeAnswer(status, {}, NOW)).toMatchObject({ kind: "retry" });
});

test.each([
  [400, "status 400"],
  [401, "SENTRY_DSN"],
  [403, "SENTRY_DSN"],
  [404, "no such endpoint"],
  [413, "TRACE_EXPORT_BATCH_BYTES"],
  [500, "status 500"],
  [302, "status 302"],
])("status %d is final, and its reason says %j", (status, hint) => {
  const outcome = judgeAnswer(status, {}, NOW);
  expect(outcome).toMatchObject({ kind: "refused" });
  expect(outcome).toHaveProperty("reason", expect.stringContaining(hint));
});

test.each([
  ["0", 0],
  ["1", 1_000],
  ["30", 30_000],
  [" 2 ", 2_000],
  ["1.5", 1_500],
  ["Sun, 01 Mar 2026 12:00:10 GMT", 10_000],
  ["86400", 300_000],
  ["Sun, 01 Mar 2099 12:00:00 GMT", 300_000],
])("Retry-After %j waits %d ms, five minutes at most", (header, waitMs) => {
  expect(judgeAnswer(503, { "retry-after": header }, NOW)).toMatchObject({ kind: "retry", waitMs });
});

test.each([undefined, "", "soon", "-5", "Sun, 01 Mar 2020 12:00:00 GMT", "NaN", "Infinity"])(
  "Retry-After %j says nothing: our own back-off counts",
  (header) => {
    const outcome = judgeAnswer(429, header === undefined ? {} : { "retry-after": header }, NOW);
    expect(outcome.kind).toBe("retry");
    expect(outcome).not.toHaveProperty("waitMs");
  },
);

test("whatever Retry-After says, the wait is a number from 0 to five minutes", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (header) => {
      const outcome = judgeAnswer(503, { "retry-after": header }, NOW);
      const wait = outcome.kind === "retry" ? (outcome.waitMs ?? 0) : Number.NaN;
      expect(wait).toBeGreaterThanOrEqual(0);
      expect(wait).toBeLessThanOrEqual(300_000);
    }),
  );
});
