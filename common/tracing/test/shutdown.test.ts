import { context, trace } from "@opentelemetry/api";
import { afterEach, beforeEach, expect, test } from "vitest";
import { withSpan } from "../src/index.ts";
import { startIntake, type TestIntake } from "./harness/intake.ts";
import { collectLog, probeClient, serveProbe, startTestTracing } from "./harness/probe.ts";
import { callUnary, serveWire } from "./harness/wire.ts";

let intake: TestIntake;
beforeEach(async () => {
  intake = await startIntake();
});
afterEach(() => intake.close());

/** The timer of a batch is a minute away: what arrives was flushed. */
const QUIET = { TRACE_EXPORT_INTERVAL_MS: "60000" };

test("EXP-11: shutdown twice at once and once more is one flush and one promise", async () => {
  const tracing = startTestTracing(intake, QUIET);
  withSpan("last", () => {});
  const [first, second] = [tracing.shutdown(), tracing.shutdown(10)];
  expect(second).toBe(first);
  await Promise.all([first, second]);
  await tracing.shutdown();
  expect(intake.spans.map((span) => span.name)).toEqual(["last"]);
  expect(intake.requests).toHaveLength(1);
});

test("EXP-11: calls after shutdown work, without headers and spans", async () => {
  const tracing = startTestTracing(intake);
  const wire = await serveWire();
  const probe = await serveProbe(tracing, {
    unary: (call, callback) => callback(null, { text: call.request.text, count: 1 }),
  });
  const [toWire, toProbe] = [probeClient(tracing, wire.address), probeClient(tracing, probe.address)];
  await callUnary(toWire);
  await callUnary(toProbe);
  await tracing.shutdown();
  const known = intake.spans.length;
  await withSpan("after", () => callUnary(toWire));
  expect((await callUnary(toProbe, { text: "works" })).text).toBe("works");
  tracing.withSpan("after, too", () => {});
  await tracing.forceFlush();
  const names = wire.seen.map((metadata) =>
    Object.keys(metadata.getMap()).filter((name) => /trace|baggage/.test(name)),
  );
  expect(names[0]).not.toEqual([]);
  expect(names[1]).toEqual([]);
  expect(intake.spans).toHaveLength(known);
  for (const client of [toWire, toProbe]) client.close();
  for (const server of [wire, probe]) server.stop();
});

test("EXP-11: the process is given back as it was, and tracing can be started again", async () => {
  const listeners = process.listenerCount("beforeExit");
  const first = startTestTracing(intake, QUIET);
  await first.shutdown();
  expect(process.listenerCount("beforeExit")).toBe(listeners);
  expect(trace.getTracer("app").startSpan("none").isRecording()).toBe(false);
  const { lines, logger } = collectLog();
  const second = startTestTracing(intake, QUIET, logger);
  withSpan("again", () => expect(trace.getSpan(context.active())?.isRecording()).toBe(true));
  await second.shutdown();
  expect(intake.spans.map((span) => span.name)).toEqual(["again"]);
  expect(lines.filter(({ level }) => level === "warn")).toEqual([]);
});

test("EXP-11: a span that ends after shutdown is counted as lost, and nothing throws", async () => {
  const tracing = startTestTracing(intake, QUIET);
  const late = trace.getTracer("app").startSpan("late");
  await tracing.shutdown();
  late.end();
  expect(tracing.stats().export[`127.0.0.1:${intake.port}`]?.dropped.shutdown).toBe(1);
  expect(intake.requests).toEqual([]);
});

test("EXP-11: shutdown resolves within its limit though the endpoint never answers, and says what was lost", async () => {
  intake.answer = "hang";
  const { lines, logger } = collectLog();
  const tracing = startTestTracing(intake, QUIET, logger);
  withSpan("lost", () => {});
  await tracing.shutdown(50);
  expect(lines.filter(({ level }) => level === "warn").map(({ message }) => message)).toEqual([
    "1 spans were lost at shutdown.",
  ]);
});
