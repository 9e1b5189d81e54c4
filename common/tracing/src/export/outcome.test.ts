import fc from "fast-check";
import { expect, test } from "vitest";
import { judgeAnswer } from "./outcome.ts";

const SPANS = new Set(["span"]);
const judge = (status: number, headers: Record<string, string> = {}) =>
  judgeAnswer({ status, headers }, SPANS, NOW);

const NOW = Date.parse("2026-03-01T12:00:00Z");

test.each([200, 202, 204])("status %d is accepted", (status) => {
  expect(judge(status)).toEqual({ kind: "accepted" });
});

test.each([429, 502, 503, 504])("status %d is worth another try", (status) => {
  expect(judge(status)).toMatchObject({ kind: "retry" });
});

test.each([
  [400, "status 400"],
  [401, "SENTRY_DSN"],
  [403, "SENTRY_DSN"],
  [404, "no such endpoint"],
  [500, "status 500"],
  [302, "status 302"],
])("status %d is final, and its reason says %j", (status, hint) => {
  const outcome = judge(status);
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
  expect(judge(503, { "retry-after": header })).toMatchObject({ kind: "retry", waitMs });
});

test.each([undefined, "", "soon", "-5", "Sun, 01 Mar 2020 12:00:00 GMT", "NaN", "Infinity"])(
  "Retry-After %j says nothing: our own back-off counts",
  (header) => {
    const outcome = judge(429, header === undefined ? {} : { "retry-after": header });
    expect(outcome.kind).toBe("retry");
    expect(outcome).not.toHaveProperty("waitMs");
  },
);

test("whatever Retry-After says, the wait is a number from 0 to five minutes", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (header) => {
      const outcome = judge(503, { "retry-after": header });
      const wait = outcome.kind === "retry" ? (outcome.waitMs ?? 0) : Number.NaN;
      expect(wait).toBeGreaterThanOrEqual(0);
      expect(wait).toBeLessThanOrEqual(300_000);
    }),
  );
});

test("413 asks for smaller requests", () => {
  expect(judge(413)).toEqual({ kind: "split", reason: expect.stringContaining("TRACE_EXPORT_BATCH_BYTES") });
});

test.each([
  ["60:span:project", 60_000],
  ["60::organization", 60_000],
  ["10:error:project, 30:Span;replay:organization:quota_exceeded", 30_000],
  ["2.5:span", 2_500],
  ["99999:span", 300_000],
])("X-Sentry-Rate-Limits %j holds spans for %d ms, whatever the status", (header, waitMs) => {
  const headers = { "x-sentry-rate-limits": header };
  expect(judge(429, { ...headers, "retry-after": "1" })).toMatchObject({
    kind: "retry",
    waitMs,
    limited: true,
  });
  expect(judge(200, headers)).toEqual({ kind: "accepted", waitMs });
});

test.each(["60:error:project", "60:transaction;replay", "soon:span", "", ":::", "-1:span"])(
  "X-Sentry-Rate-Limits %j says nothing of spans",
  (header) => {
    const headers = { "x-sentry-rate-limits": header };
    expect(judge(200, headers)).toEqual({ kind: "accepted" });
    expect(judge(429, { ...headers, "retry-after": "7" })).toMatchObject({ kind: "retry", waitMs: 7_000 });
  },
);
