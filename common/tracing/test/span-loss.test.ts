import { afterEach, beforeEach, expect, test } from "vitest";
import { withSpan } from "../src/index.ts";
import { startIntake, type TestIntake } from "./harness/intake.ts";
import { collectLog, startTestTracing } from "./harness/probe.ts";

let intake: TestIntake;
beforeEach(async () => {
  intake = await startIntake();
});
afterEach(() => intake.close());

/** A span of some 10,000 bytes, in values that are short enough each. */
const LARGE = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`note.${i}`, "x".repeat(500)]));

test("a span that is larger than a batch may be is dropped for that reason, with one warning", async () => {
  const { lines, logger } = collectLog();
  const tracing = startTestTracing(intake, { TRACE_EXPORT_BATCH_BYTES: "4096" }, logger);
  withSpan("large", { attributes: LARGE }, () => {});
  withSpan("large, too", { attributes: LARGE }, () => {});
  withSpan("small", () => {});
  await tracing.forceFlush();
  expect(intake.spans.map((span) => span.name)).toEqual(["small"]);
  const [stats] = Object.values(tracing.stats().export);
  expect(stats?.dropped).toEqual({ queue_full: 0, too_large: 2, refused: 0, rate_limited: 0, shutdown: 0 });
  expect(lines.filter(({ level }) => level === "warn").map(({ message }) => message)).toEqual([
    "A span is larger than TRACE_EXPORT_BATCH_BYTES: it is dropped.",
  ]);
  await tracing.shutdown();
});

test("Sentry and a Collector on one host are counted apart", async () => {
  const host = `127.0.0.1:${intake.port}`;
  const tracing = startTestTracing(intake, {
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `http://${host}/v1/traces`,
  });
  withSpan("for both", () => {});
  await tracing.forceFlush();
  expect(tracing.stats().export).toMatchObject({
    [`sentry ${host}`]: { sent: 1 },
    [`otlp ${host}`]: { sent: 1 },
  });
  await tracing.shutdown();
});
