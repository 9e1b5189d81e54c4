import { afterEach, beforeEach, expect, test } from "vitest";
import { loadTracingConfig, startTracing } from "../src/index.ts";
import { startIntake, type TestIntake } from "./harness/intake.ts";
import { fixture, runNode } from "./harness/run-node.ts";

let intake: TestIntake;
beforeEach(async () => {
  intake = await startIntake();
});
afterEach(() => intake.close());

/** Runs a service that calls itself; what it printed. */
async function run(ending: string, env: Record<string, string>) {
  const { code, stdout, stderr } = await runNode(fixture("one-call.ts"), {
    args: [ending],
    env: { SENTRY_DSN: intake.dsn, TRACE_SAMPLE_RATE: "1", ...env },
    preload: ["record-modules.ts"],
  });
  expect(stderr).toBe("");
  expect(code).toBe(0);
  return Object.assign(
    {},
    ...stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line)),
  ) as {
    answer: object;
    headers: string[];
    resources: string[];
    loaded: string[];
  };
}

const ours = /^(traceparent|tracestate|baggage|sentry-trace|tracekeep)$/;

test("TRACING_ENABLED=false: the service answers the same, and nothing of ours is on the wire", async () => {
  for (const ending of ["return", "fail", "shutdown"]) {
    const traced = await run(ending, {});
    const untraced = await run(ending, { TRACING_ENABLED: "false" });
    expect(untraced.answer).toEqual(traced.answer);
    expect(traced.headers.filter((name) => ours.test(name))).toHaveLength(5);
    expect(untraced.headers.filter((name) => ours.test(name))).toEqual([]);
  }
});

test("TRACING_ENABLED=false: no span, no error event, no connection, no timer; the process ends by itself", async () => {
  const { resources } = await run("fail", { TRACING_ENABLED: "false" });
  expect(resources).toEqual([]);
  expect(intake.requests).toEqual([]);
});

test("no module of Sentry's is loaded, with tracing or without, even when a handler fails", async () => {
  for (const settings of [{ TRACING_ENABLED: "false" }, {}]) {
    const { loaded } = await run("fail", settings);
    expect(loaded.filter((url) => /[\\/]@grpc[\\/]/.test(url))).not.toEqual([]);
    expect(loaded.filter((url) => /[\\/]@sentry[\\/]/.test(url))).toEqual([]);
  }
});

test("TRACING_ENABLED=false: functions run, return and throw as if called directly", async () => {
  const tracing = startTracing(loadTracingConfig({ env: { TRACING_ENABLED: "false" }, cwd: "/" }));
  const own = { "grpc.max_receive_message_length": 7 };
  expect(tracing.enabled).toBe(false);
  expect(tracing.clientOptions(own)).toEqual(own);
  expect(tracing.serverInterceptors()).toEqual([]);
  expect(tracing.withSpan("name", () => 7)).toBe(7);
  expect(await tracing.withSpan("name", { attributes: { a: 1 } }, async () => 8)).toBe(8);
  expect(tracing.continueTrace({ traceparent: "x" }, { name: "entry" }, (span) => span.isRecording())).toBe(
    false,
  );
  const fault = new Error("mine");
  expect(() =>
    tracing.withSpan("name", () => {
      throw fault;
    }),
  ).toThrow(fault);
  await expect(tracing.withSpan("name", () => Promise.reject(fault))).rejects.toBe(fault);
  await tracing.forceFlush();
  await tracing.shutdown();
  expect(tracing.stats().spans).toMatchObject({ started: 0, ended: 0, open: 0 });
});
