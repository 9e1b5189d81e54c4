import { createRequire } from "node:module";
import { trace } from "@opentelemetry/api";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import { loadTracingConfig, startTracing, withSpan } from "../src/index.ts";
import { startIntake, type TestIntake } from "./harness/intake.ts";
import { fixture, runNode } from "./harness/run-node.ts";

// As modules do when they are loaded, before anybody starts tracing.
const tracer = trace.getTracer("early");

let intake: TestIntake;
beforeEach(async () => {
  intake = await startIntake();
});
afterEach(() => intake.close());

/** Each span with its parent, by name. */
function families(): string[][] {
  const nameOf = (id: string | undefined): string =>
    intake.spans.find(({ spanId }) => spanId === id)?.name ?? "";
  return intake.spans.map(({ name, parentSpanId }) => [name, nameOf(parentSpanId)]).sort();
}

test("MOD-01: a tracer that a CommonJS module has asked for before the start makes spans in the same trace", async () => {
  const env = { SENTRY_DSN: intake.dsn, TRACE_SAMPLE_RATE: "1" };
  const { code, stderr } = await runNode(fixture("early-tracer.cjs"), { args: ["2"], env });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(families()).toEqual([
    ["early 0", "run 0"],
    ["early 1", "run 1"],
    ["run 0", ""],
    ["run 1", ""],
  ]);
});

test("EXP-11: a tracer that is held makes spans again when tracing is started again, and none in between", async () => {
  for (const run of [0, 1, 2]) {
    const env = { SENTRY_DSN: intake.dsn, TRACE_SAMPLE_RATE: "1" };
    const tracing = startTracing(loadTracingConfig({ env, cwd: "/" }));
    withSpan(`run ${run}`, () => tracer.startSpan(`early ${run}`).end());
    await tracing.shutdown();
    expect(tracer.startSpan("in between").isRecording()).toBe(false);
  }
  expect(families()).toEqual([
    ["early 0", "run 0"],
    ["early 1", "run 1"],
    ["early 2", "run 2"],
    ["run 0", ""],
    ["run 1", ""],
    ["run 2", ""],
  ]);
});

test("EXP-11: the provider of a tracing that has ended makes no spans if somebody registers it again", async () => {
  const env = { SENTRY_DSN: intake.dsn, TRACE_SAMPLE_RATE: "1" };
  const tracing = startTracing(loadTracingConfig({ env, cwd: "/" }));
  // As tests do that put back what they have found.
  const saved = trace.getTracerProvider();
  const held = saved.getTracer("held");
  await tracing.shutdown();
  for (const provider of [saved, { getTracer: (name: string) => saved.getTracer(name) }]) {
    expect(trace.setGlobalTracerProvider(provider)).toBe(true);
    onTestFinished(() => trace.disable());
    for (const each of [held, trace.getTracer("new")]) {
      expect(each.startSpan("late").isRecording()).toBe(false);
      expect(each.startActiveSpan("late", {}, (span) => span.isRecording())).toBe(false);
    }
    trace.disable();
  }
});

test("MOD-01: a stand-in for the API that a test has put into the cache of CommonJS ends no start", async () => {
  const { cache } = createRequire(import.meta.url);
  const path = "/nowhere/node_modules/@opentelemetry/api/build/src/index.js";
  cache[path] = { exports: { trace: {} } } as NodeJS.Module;
  onTestFinished(() => void delete cache[path]);
  await startTracing(loadTracingConfig({ env: {}, cwd: "/" })).shutdown();
});
