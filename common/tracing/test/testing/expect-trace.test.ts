import { AssertionError } from "node:assert";
import type { ProbeServiceClient } from "@tracekeep/proto/probe/v1";
import { afterAll, beforeAll, expect, test } from "vitest";
import { keepTrace, loadTracingConfig, startTracing, type Tracing, withSpan } from "../../src/index.ts";
import { expectTrace, startTraceCapture, type Trace, type TraceCapture } from "../../src/testing/index.ts";
import { probeClient, serveProbe } from "../harness/probe.ts";

const METHOD = "probe.v1.ProbeService/Unary";
let capture: TraceCapture;
let tracing: Tracing;
let trace: Trace;
let stop: () => void;

beforeAll(async () => {
  capture = await startTraceCapture();
  const config = loadTracingConfig({ serviceName: "probe", env: {}, cwd: "/", overrides: capture.settings });
  tracing = startTracing(config);
  const probe = await serveProbe(tracing, {
    unary: (_call, callback) => {
      withSpan("look up", { attributes: { rows: 3 } }, () => {});
      callback({ code: 13, details: "the bank is closed" });
    },
  });
  const client = probeClient(tracing, probe.address);
  stop = () => {
    client.close();
    probe.stop();
  };
  trace = await capture.traceOf(
    () => fail(client),
    (come) => expectTrace(come).toHaveSpans(4, /./),
  );
});
afterAll(async () => {
  stop();
  await tracing.shutdown();
  await capture.close();
});

/** A call that fails, once that is known. */
function fail(client: ProbeServiceClient): Promise<void> {
  return new Promise((resolve) => client.unary({ text: "", count: 0 }, () => resolve()));
}

/** What the expectation says when it fails. */
function failureOf(expectation: () => unknown): string {
  try {
    expectation();
  } catch (error) {
    expect(error).toBeInstanceOf(AssertionError);
    return (error as Error).message;
  }
  throw new Error("The expectation holds.");
}

test("spans are found by name, service, kind, status and attributes, and by where they stand", () => {
  expectTrace(trace)
    .toBeWhole()
    .toHaveSpan({ name: METHOD, kind: "client", status: "error" })
    .childOf("test")
    .parentOf({ name: METHOD, kind: "server", service: "probe", statusMessage: /closed/ })
    .ancestorOf({ name: "look up", attributes: { rows: 3 } })
    .toHaveRootCause({ kind: "server" })
    .notToHaveSpan("look down")
    .toHaveSpans(2, METHOD);
});

test.each([
  ["a name", () => expectTrace(trace).toHaveSpan("look down"), /have a span with name "look down"/],
  [
    "the nearest span",
    () => expectTrace(trace).toHaveSpan({ name: "look up", attributes: { rows: 4 } }),
    /Nearest is "look up" \(probe, internal\): attribute rows is 3, not 4/,
  ],
  [
    "a missing attribute",
    () => expectTrace(trace).toHaveSpan({ name: "look up", attributes: { columns: 1 } }),
    /it has no attribute columns/,
  ],
  ["a count", () => expectTrace(trace).toHaveSpans(3, METHOD), /3 spans .*There are 2/],
  ["too much", () => expectTrace(trace).notToHaveSpan(/^look/), /no span with name \/\^look\/.*There is "look up"/],
  ["a parent", () => expectTrace(trace).toHaveSpan("look up").childOf("test"), /child of one with name "test".*There: "probe/],
  ["a child", () => expectTrace(trace).toHaveSpan("look up").parentOf("x"), /There is no such span at all/],
  ["an ancestor", () => expectTrace(trace).toHaveSpan("look up").ancestorOf("test"), /ancestor of/],
  ["a root cause", () => expectTrace(trace).toHaveRootCause("test"), /It is "probe.v1.ProbeService\/Unary" \(probe, server\)/],
  ["why it was kept", () => expectTrace(trace).toBeKeptBecause("slow"), /it was sampled|kept because of/],
])("a failure tells of %s, and shows the waterfall", (_, expectation, told) => {
  const message = failureOf(expectation);
  expect(message).toMatch(told);
  expect(message).toMatch(/^probe .*look up .*\d (?:µs|ms)/m);
  expect(message).not.toContain("\u001b");
}); // biome-ignore format: a line a case

test("a trace whose entry is not there is not whole", () => {
  const nodes = trace.nodes.slice(1);
  const orphan: Trace = {
    ...trace,
    nodes,
    roots: nodes.slice(0, 1).map((node) => ({ ...node, missingParent: true })),
  };
  expect(failureOf(() => expectTrace(orphan).toBeWhole())).toMatch(/That of "probe.* is not there/);
});

test("a trace is waited for no longer than it takes, whatever the interval of exports", async () => {
  await using own = await startTraceCapture();
  const overrides = { ...own.settings, TRACE_EXPORT_INTERVAL_MS: "60000" };
  const second = startTracing(loadTracingConfig({ serviceName: "second", env: {}, cwd: "/", overrides }));
  try {
    second.withSpan("job", () => {});
    expectTrace(await own.waitForTrace(() => true)).toHaveSpan("job");
  } finally {
    await second.shutdown();
  }
});

test("why a trace was kept is told, at a rate at which none is sampled", async () => {
  await using own = await startTraceCapture();
  const overrides = { ...own.settings, TRACE_SAMPLE_RATE: "0" };
  const second = startTracing(loadTracingConfig({ serviceName: "second", env: {}, cwd: "/", overrides }));
  try {
    second.withSpan("job", () => expect(second.keepTrace("audit")).toBe(true));
    await second.forceFlush();
    const kept = await own.waitForTrace(() => true);
    expectTrace(kept).toBeKeptBecause("audit").toHaveSpan("job");
    expect(failureOf(() => expectTrace(kept).toBeKeptBecause("error"))).toMatch(/kept because of audit/);
  } finally {
    await second.shutdown();
  }
  expect(keepTrace("nothing is active here")).toBe(false);
});

test("waiting ends with what the check says last, or with what has come", async () => {
  const wait = { timeoutMs: 50 };
  await expect(
    capture.waitForTrace(trace.traceId, (come) => expectTrace(come).toHaveSpan("never"), wait),
  ).rejects.toThrow(/a span with name "never"/);
  await expect(capture.waitForTrace("0".repeat(32), undefined, wait)).rejects.toThrow(
    /has not come within 50 ms. These have:\n {2}[0-9a-f]{32}: test, 4 spans of probe/,
  );
});

test("traces of requests that are under way together are told apart", async () => {
  const names = ["a", "b", "c", "d"];
  const traces = await Promise.all(
    names.map((name) => capture.traceOf(async () => withSpan(name, async () => setTimeout(() => {}, 1)))),
  );
  expect(new Set(traces.map(({ traceId }) => traceId)).size).toBe(4);
  traces.forEach((own, at) => {
    expectTrace(own)
      .toHaveSpan(names[at] as string)
      .childOf("test");
    expectTrace(own).toHaveSpans(2, /./);
  });
});

test("what the test's own code throws comes out of traceOf", async () => {
  const mistake = () => {
    throw new RangeError("the test's own");
  };
  await expect(capture.traceOf(mistake)).rejects.toBeInstanceOf(RangeError);
});

test("the error event of a failure is there, too", async () => {
  const before = capture.errors().length;
  expect(before).toBeGreaterThan(0);
  expect(capture.errors()[0]?.trace?.traceId).toBe(trace.traceId);
});
