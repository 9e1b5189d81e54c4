import { setTimeout as delay } from "node:timers/promises";
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
  expect(tracing.stats().export[`sentry 127.0.0.1:${intake.port}`]?.dropped.shutdown).toBe(1);
  expect(intake.requests).toEqual([]);
});

test("EXP-11: shutdown resolves within its limit though the endpoint never answers, and says what was lost", async () => {
  intake.answer = "hang";
  const { lines, logger } = collectLog();
  const tracing = startTestTracing(intake, QUIET, logger);
  withSpan("lost", () => {});
  await tracing.shutdown(50);
  expect(lines.filter(({ level }) => level === "warn").map(({ message }) => message)).toEqual([
    "1 span was lost at shutdown.",
  ]);
});

test("EXP-11: shutdown goes on trying until an endpoint that was down for a moment is well", async () => {
  intake.answer = { status: 503 };
  const { lines, logger } = collectLog();
  const tracing = startTestTracing(intake, QUIET, logger);
  withSpan("in the end", () => {});
  setTimeout(() => {
    intake.answer = { status: 200 };
  }, 300);
  const from = performance.now();
  await tracing.shutdown(5_000);
  expect(performance.now() - from).toBeLessThan(2_000);
  expect(intake.spans.map((span) => span.name)).toEqual(["in the end"]);
  expect(lines.map(({ message }) => message)).not.toContainEqual(expect.stringContaining("lost"));
});

test("EXP-11: shutdown tries an endpoint that stays down a few times, and ends by its limit", async () => {
  intake.answer = { status: 503 };
  const { lines, logger } = collectLog();
  const tracing = startTestTracing(intake, QUIET, logger);
  withSpan("lost", () => {});
  const from = performance.now();
  await tracing.shutdown(600);
  expect(performance.now() - from).toBeLessThan(750);
  expect(intake.requests.length).toBeGreaterThan(2);
  expect(intake.requests.length).toBeLessThan(8);
  expect(lines.at(-2)).toMatchObject({
    message: "1 span was lost at shutdown.",
    fields: { destination: `sentry 127.0.0.1:${intake.port}`, lost: 1 },
  });
});

test("EXP-11: shutdown waits for as long as the endpoint asks, if that is within the limit", async () => {
  intake.answer = { status: 429, headers: { "retry-after": "1" } };
  const tracing = startTestTracing(intake, QUIET);
  withSpan("later", () => {});
  await tracing.forceFlush();
  intake.answer = { status: 200 };
  const from = performance.now();
  await tracing.shutdown(5_000);
  expect(performance.now() - from).toBeGreaterThan(800);
  expect(intake.requests).toHaveLength(2);
  expect(intake.spans).toHaveLength(1);
});

test("EXP-11: shutdown gives up at once if the endpoint asks for more than is left", async () => {
  intake.answer = { status: 429, headers: { "retry-after": "60" } };
  const { lines, logger } = collectLog();
  const tracing = startTestTracing(intake, QUIET, logger);
  withSpan("lost", () => {});
  const from = performance.now();
  await tracing.shutdown(5_000);
  expect(performance.now() - from).toBeLessThan(500);
  expect(intake.requests).toHaveLength(1);
  expect(lines.at(-2)?.message).toBe("1 span was lost at shutdown.");
});

test("EXP-11: shutdown(0) waits for nothing, though an endpoint hangs and an error event is under way", async () => {
  intake.answer = "hang";
  const { lines, logger } = collectLog();
  const tracing = startTestTracing(intake, { ...QUIET, TRACE_EXPORT_TIMEOUT_MS: "3000" }, logger);
  await expect(
    tracing.continueTrace({}, { name: "job" }, async () => {
      throw new Error("broken");
    }),
  ).rejects.toThrow("broken");
  await intake.until(() => intake.requests.length > 0, "the error event");
  const from = performance.now();
  await tracing.shutdown(0);
  expect(performance.now() - from).toBeLessThan(50);
  expect(lines.at(-2)?.message).toBe("1 span was lost at shutdown.");
  await delay(100);
  expect(intake.requests).toHaveLength(1);
});
