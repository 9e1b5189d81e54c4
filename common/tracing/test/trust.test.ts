import { afterAll, beforeAll, expect, test } from "vitest";
import type { Tracing } from "../src/index.ts";
import { SHARED_KEY, traceDraw } from "../src/sampling/trace-hash.ts";
import { serverSpans } from "./harness/calls.ts";
import { startIntake, type TestIntake } from "./harness/intake.ts";
import { probeClient, serveProbe, startTestTracing } from "./harness/probe.ts";
import { callUnary, metadataOf, serveWire, type TraceHeaders, type WireServer } from "./harness/wire.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";

let wire: WireServer;
beforeAll(async () => {
  wire = await serveWire();
});
afterAll(() => wire.stop());

/** Headers by which a caller asks to be sampled. */
const demanding = (traceId: string) =>
  metadataOf({
    traceparent: `00-${traceId}-${SPAN}-01`,
    "sentry-trace": `${traceId}-${SPAN}-1`,
    tracestate: "ot=th:0,vendor=1",
    baggage: "tenant=a,sentry-sampled=true,sentry-sample_rate=1,sentry-release=theirs",
  });

interface Edge {
  readonly intake: TestIntake;
  readonly tracing: Tracing;
  /** A call of an outside client; what the edge's own call below carried. */
  call(traceId?: string): Promise<TraceHeaders>;
}

async function withEdge(
  settings: Record<string, string>,
  play: (edge: Edge) => Promise<void>,
): Promise<void> {
  const intake = await startIntake();
  const tracing = startTestTracing(intake, settings);
  const below = probeClient(tracing, wire.address);
  const probe = await serveProbe(tracing, {
    async unary(_call, callback) {
      callback(null, await callUnary(below));
    },
  });
  const outside = probeClient(undefined, probe.address);
  const call: Edge["call"] = async (traceId = TRACE) => {
    const { count } = await callUnary(outside, { metadata: demanding(traceId) });
    return wire.headers(count);
  };
  try {
    await play({ intake, tracing, call });
  } finally {
    outside.close();
    below.close();
    probe.stop();
    await tracing.shutdown();
    await intake.close();
  }
}

test("META-10: with trust none an outside caller begins no more than a new trace of ours, which links to its own", () =>
  withEdge({ TRACE_TRUST_REMOTE: "none" }, async ({ intake, call }) => {
    const sent = await call();
    await intake.until(() => serverSpans(intake).length === 1, "the server's span");
    const [span] = serverSpans(intake);
    expect(span?.traceId).not.toBe(TRACE);
    expect(span?.parentSpanId).toBe("");
    expect(span?.links).toEqual([{ traceId: TRACE, spanId: SPAN }]);
    expect(span?.traceState).not.toContain("vendor");
    expect(sent.traceId).toBe(span?.traceId);
    expect(sent.baggage).not.toHaveProperty("tenant");
    expect(sent.baggage["sentry-release"]).toBe("1.2.3");
  }));

test("META-10: with trust none and rate 0 no outside caller can force a trace to be sampled", () =>
  withEdge({ TRACE_TRUST_REMOTE: "none", TRACE_SAMPLE_RATE: "0" }, async ({ tracing, call }) => {
    for (let i = 0; i < 50; i++) expect(await call()).toMatchObject({ traceFlags: "00", sentryFlag: "0" });
    expect(tracing.stats().spans.sampled).toBe(0);
  }));

test("META-10: with trust ids the id is continued and the decision made here, by our rate", () =>
  withEdge({ TRACE_TRUST_REMOTE: "ids", TRACE_SAMPLE_RATE: "0" }, async ({ call }) => {
    const sent = await call();
    expect(sent).toMatchObject({ traceId: TRACE, traceFlags: "00", sentryFlag: "0" });
    expect(sent.baggage).toMatchObject({
      "sentry-sampled": "false",
      "sentry-sample_rate": "0",
      "sentry-release": "1.2.3",
    });
    expect(sent.tracestate).not.toContain("vendor");
  }));

test("META-10: with trust ids a caller cannot choose ids that are sampled, and the same id gets the same answer", () =>
  withEdge({ TRACE_TRUST_REMOTE: "ids", TRACE_SAMPLE_RATE: "0.01" }, async ({ call }) => {
    const chosen = Array.from({ length: 40_000 }, (_, i) => i.toString(16).padStart(32, "1"))
      .filter((traceId) => traceDraw(traceId, SHARED_KEY) < 0.01)
      .slice(0, 300);
    const sampled = async (traceId: string) => (await call(traceId)).traceFlags === "01";
    const answers = await Promise.all(chosen.map(sampled));
    // Three are to be expected; with the key that all share it would be all 300.
    expect(answers.filter(Boolean).length).toBeLessThan(30);
    expect(await Promise.all(chosen.map(sampled))).toEqual(answers);
  }));

test("META-10: trusted callers are continued as they decided, whatever our rate", () =>
  withEdge({ TRACE_TRUST_REMOTE: "all", TRACE_SAMPLE_RATE: "0" }, async ({ intake, call }) => {
    const sent = await call();
    await intake.until(() => serverSpans(intake).length === 1, "the server's span");
    expect(serverSpans(intake)[0]).toMatchObject({ traceId: TRACE, parentSpanId: SPAN });
    expect(sent).toMatchObject({ traceId: TRACE, traceFlags: "01", sentryFlag: "1" });
    expect(sent.baggage).toEqual({
      tenant: "a",
      "sentry-sampled": "true",
      "sentry-sample_rate": "1",
      "sentry-release": "theirs",
    });
  }));

test.each(["ids", "none"])(
  "META-10: with trust %s a handler that passes its metadata on passes no tracestate of its caller on",
  async (trust) => {
    const intake = await startIntake();
    const tracing = startTestTracing(intake, { TRACE_TRUST_REMOTE: trust, TRACE_SAMPLE_RATE: "0" });
    const below = probeClient(tracing, wire.address);
    const probe = await serveProbe(tracing, {
      async unary({ metadata }, callback) {
        callback(null, await callUnary(below, { metadata }));
      },
    });
    const outside = probeClient(undefined, probe.address);
    const { count } = await callUnary(outside, { metadata: demanding(TRACE) });
    expect(wire.headers(count).tracestate).toBe("");
    outside.close();
    below.close();
    probe.stop();
    await tracing.shutdown();
    await intake.close();
  },
);
