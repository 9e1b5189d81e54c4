import { afterEach, beforeEach, expect, test } from "vitest";
import { startIntake, type TestIntake } from "../harness/intake.ts";
import { startMetered } from "./harness/metered-tracing.ts";

let intake: TestIntake;
beforeEach(async () => {
  intake = await startIntake();
});
afterEach(() => intake.close());

const broken = (): never => {
  throw new Error("broken");
};

test("a trace that fails counts as kept, and why; a further one beyond the limit counts as refused", async () => {
  const { tracing, value } = startMetered({
    SENTRY_DSN: intake.dsn,
    TRACE_SAMPLE_RATE: "0",
    TRACE_KEEP_MAX_PER_SECOND: "1",
  });
  expect(await value("tracekeep.trace.kept", "local", "error")).toBe(0);
  expect(() => tracing.withSpan("fails", broken)).toThrow("broken");
  expect(await value("tracekeep.trace.kept", "local", "error")).toBe(1);
  expect(await value("tracekeep.trace.refused", "local")).toBe(0);
  expect(() => tracing.withSpan("fails", broken)).toThrow("broken");
  expect(await value("tracekeep.trace.kept", "local", "error")).toBe(1);
  expect(await value("tracekeep.trace.refused", "local")).toBe(1);
  expect(await value("tracekeep.error_event", "limited")).toBe(1);
  expect(await value("tracekeep.span.kept")).toBe(1);
});

test("whatever reason keepTrace is given, it makes no series of its own", async () => {
  const { tracing, points, value } = startMetered({ SENTRY_DSN: intake.dsn, TRACE_SAMPLE_RATE: "0" });
  const before = (await points("tracekeep.trace.kept")).length;
  for (const reason of ["balance differs", "toString", "__proto__"])
    tracing.withSpan("audited", () => tracing.keepTrace(reason));
  expect(await value("tracekeep.trace.kept", "local", "requested")).toBe(3);
  expect(await points("tracekeep.trace.kept")).toHaveLength(before);
});

test("what a caller keeps is told from what is kept here", async () => {
  const { tracing, value } = startMetered({ SENTRY_DSN: intake.dsn, TRACE_SAMPLE_RATE: "0" });
  const traceId = "0af7651916cd43dd8448eb211c80319c";
  const enter = (flags: string) =>
    tracing.continueTrace(
      { traceparent: `00-${traceId}-b7ad6b7169203331-${flags}` },
      { name: "GET /" },
      () => {},
    );
  enter("00");
  // Sampled now, and not before: somebody above has kept it since.
  enter("01");
  expect(await value("tracekeep.trace.kept", "remote", "upstream")).toBe(1);
  expect(await value("tracekeep.trace.kept", "local", "upstream")).toBe(0);
});

test("the actual sampling rate is that of traces decided on here, whatever callers decide", async () => {
  const { tracing, value } = startMetered({ SENTRY_DSN: intake.dsn, TRACE_SAMPLE_RATE: "0.25" });
  expect(await value("tracekeep.sampling.rate.actual")).toBeUndefined();
  for (let i = 0; i < 1_000; i++) tracing.withSpan("work", () => {});
  const foreign = { traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" };
  for (let i = 0; i < 1_000; i++) tracing.continueTrace(foreign, { name: "GET /" }, () => {});
  expect(await value("tracekeep.sampling.rate.configured")).toBe(0.25);
  // Six standard deviations.
  expect(Math.abs(((await value("tracekeep.sampling.rate.actual")) ?? 0) - 0.25)).toBeLessThan(0.083);
  expect(await value("tracekeep.sampling.expected")).toBeCloseTo(250);
  const sampled = (await value("tracekeep.sampling.decision", "RECORD_AND_SAMPLE")) ?? 0;
  expect(await value("tracekeep.sampling.decision", "RECORD_ONLY")).toBe(1_000 - sampled);
});

test("spans are counted from their beginning to their eviction", async () => {
  const { tracing, value } = startMetered({
    SENTRY_DSN: intake.dsn,
    TRACE_SAMPLE_RATE: "0",
    TRACE_RECORDER_BYTES: "65536",
  });
  for (let i = 0; i < 1_000; i++) tracing.withSpan("work", () => {});
  expect(await value("otel.sdk.span.started")).toBe(1_000);
  expect(await value("tracekeep.span.ended", "RECORD_ONLY")).toBe(1_000);
  expect(await value("tracekeep.span.recorded")).toBe(1_000);
  const held = (await value("tracekeep.record.spans")) ?? 0;
  expect(held).toBeGreaterThan(50);
  expect(await value("tracekeep.span.evicted")).toBe(1_000 - held);
  expect(await value("tracekeep.record.limit")).toBe(65_536);
  expect(await value("tracekeep.record.usage")).toBeGreaterThan(20_000);
  expect(await value("tracekeep.memory.usage", "record")).toBe(65_536);
  await expect.poll(() => value("tracekeep.record.horizon")).toBeGreaterThan(0);
});

test("a span that is open is live, and one trace cannot take the whole record unnoticed", async () => {
  const { tracing, value } = startMetered({ TRACE_SAMPLE_RATE: "0", TRACE_RECORDER_BYTES: "65536" });
  await tracing.withSpan("outer", async () => {
    for (let i = 0; i < 100; i++) tracing.withSpan("inner", () => {});
    expect(await value("otel.sdk.span.live")).toBe(1);
  });
  expect(await value("otel.sdk.span.live")).toBe(0);
  expect(await value("tracekeep.span.lost", "trace_too_large")).toBeGreaterThan(50);
});
