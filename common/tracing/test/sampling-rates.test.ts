import { createRequire } from "node:module";
import { context, propagation, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { afterAll, beforeAll, expect, test } from "vitest";
import { continueTrace, type Tracing } from "../src/index.ts";
import { SHARED_KEY, traceDraw } from "../src/sampling/trace-hash.ts";
import { startIntake, type TestIntake } from "./harness/intake.ts";
import { type ProbeServer, probeClient, serveProbe, startTestTracing } from "./harness/probe.ts";
import { callUnary, serveWire, type WireServer } from "./harness/wire.ts";

const official = createRequire(import.meta.url)("otlp-official/build/src/generated/root.js");
const ExportRequest = official.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;

let intake: TestIntake;
let wire: WireServer;
beforeAll(async () => {
  intake = await startIntake();
  wire = await serveWire();
});
afterAll(async () => {
  wire.stop();
  await intake.close();
});

const id = (number: number): string => number.toString(16).padStart(32, "0");
/** Leaves the decision to us, so that ids, and with them the result, are the same in every run. */
const open = (traceId: string) => ({ "sentry-trace": `${traceId}-b7ad6b7169203331` });

test.each([
  ["0", 0, 0],
  ["1", 100_000, 100_000],
  ["0.01", 1_000 - 95, 1_000 + 95],
  ["0.000001", 0, 3],
])("SAMP-06: of 100,000 traces at rate %s between %d and %d are sampled", async (rate, least, most) => {
  const tracing = startTestTracing(intake, { TRACE_SAMPLE_RATE: rate, SENTRY_DSN: "" });
  for (let i = 1; i <= 100_000; i++) continueTrace(open(id(i)), { name: "entry" }, () => {});
  const { sampled, ended } = tracing.stats().spans;
  await tracing.shutdown();
  expect(ended).toBe(100_000);
  expect(sampled).toBeGreaterThanOrEqual(least);
  expect(sampled).toBeLessThanOrEqual(most);
});

/** The attribute as it stands in the payload, with its type. */
function rateInPayload(traceId: string): unknown {
  for (const { body, path } of intake.requests.filter(({ path }) => path.endsWith("/traces"))) {
    expect(path).toBe("/api/42/integration/otlp/v1/traces");
    const request = ExportRequest.toObject(ExportRequest.decode(body));
    for (const { scopeSpans } of request.resourceSpans)
      for (const { spans } of scopeSpans)
        for (const span of spans)
          if (Buffer.from(span.traceId).toString("hex") === traceId)
            return span.attributes.find(({ key }: { key: string }) => key === "sentry.client_sample_rate")
              ?.value;
  }
  return undefined;
}

test.each([
  [0.01, "fd70a3d70a3d71"],
  [0.25, "c0000000000000"],
  [1, "00000000000000"],
])(
  "SAMP-09: a trace drawn at rate %d says so, equally, in its spans, in tracestate and in baggage",
  async (rate, threshold) => {
    const tracing = startTestTracing(intake, { TRACE_SAMPLE_RATE: String(rate) });
    const client = probeClient(tracing, wire.address);
    const traceId = Array.from({ length: 10_000 }, (_, i) => id(i + Math.round(rate * 1e6))).find(
      (each) => traceDraw(each, SHARED_KEY) < rate,
    ) as string;
    const { count } = await continueTrace(open(traceId), { name: "entry" }, () => callUnary(client));
    await intake.until(
      () => intake.spans.filter((span) => span.traceId === traceId).length === 2,
      "both spans",
    );
    const spans = intake.spans.filter((span) => span.traceId === traceId);
    const withThreshold = new RegExp(`^ot=th:${threshold}${rate === 1 ? "" : ";rv:[0-9a-f]{14}"}$`);
    for (const span of spans) {
      expect(span.traceState).toMatch(withThreshold);
      expect(span.attributes["sentry.client_sample_rate"]).toBe(rate);
    }
    expect(rateInPayload(traceId)).toEqual({ doubleValue: rate });
    const { baggage, tracestate } = wire.headers(count);
    expect(tracestate).toMatch(withThreshold);
    expect(baggage).toMatchObject({ "sentry-sample_rate": String(rate), "sentry-sampled": "true" });
    expect(Number(baggage["sentry-sample_rand"])).toBeLessThan(rate);
    client.close();
    await tracing.shutdown();
  },
);

test("SAMP-09: the service below, with a rate of its own, passes on the rate of the draw", async () => {
  const tracing = startTestTracing(intake, { TRACE_SAMPLE_RATE: "1" });
  const headers = {
    traceparent: `00-${id(77)}-b7ad6b7169203331-01`,
    tracestate: "ot=th:c0000000000000,vendor=1",
    baggage: "sentry-sample_rate=0.25,sentry-sampled=true",
  };
  continueTrace(headers, { name: "below" }, () => {});
  await intake.until(() => intake.spans.some((span) => span.traceId === id(77)), "the span");
  const span = intake.spans.find(({ traceId }) => traceId === id(77));
  expect(span?.attributes["sentry.client_sample_rate"]).toBe(0.25);
  expect(span?.traceState).toBe("ot=th:c0000000000000,vendor=1");
  await tracing.shutdown();
});

test("SAMP-09: a caller that names its rate in the baggage alone is believed, whatever else is put into the context", async () => {
  const tracing = startTestTracing(intake, { TRACE_SAMPLE_RATE: "1" });
  const sentry = `sentry-trace_id=${id(79)},sentry-sample_rate=0.25,sentry-sampled=true`;
  const headers = { "sentry-trace": `${id(79)}-b7ad6b7169203331-1`, baggage: `tenant=a,${sentry}` };
  // As another instrumentation does it, which adds something of its own.
  const theirs = propagation.extract(ROOT_CONTEXT, headers).setValue(Symbol("theirs"), 1);
  const span = trace.getTracer("http").startSpan("GET /", {}, theirs);
  const sent: Record<string, string> = {};
  propagation.inject(trace.setSpan(theirs, span), sent);
  span.end();
  await tracing.shutdown();
  expect(sent.baggage?.split(",")).toEqual(expect.arrayContaining([...sentry.split(","), "tenant=a"]));
  expect(sent.baggage?.split(",")).toHaveLength(4);
  const arrived = intake.spans.find(({ traceId }) => traceId === id(79));
  expect(arrived?.parentSpanId).toBe("b7ad6b7169203331");
  expect(arrived?.attributes["sentry.client_sample_rate"]).toBe(0.25);
});

test("SAMP-09: Sentry's members of another trace are not passed on with this one", async () => {
  const tracing = startTestTracing(intake, { TRACE_SAMPLE_RATE: "1" });
  const headers = {
    traceparent: `00-${id(80)}-b7ad6b7169203331-01`,
    baggage: `sentry-trace_id=${id(81)},sentry-release=theirs`,
  };
  const sent: Record<string, string> = {};
  continueTrace(headers, { name: "below" }, () => propagation.inject(context.active(), sent));
  await tracing.shutdown();
  expect(sent.baggage).toContain(`sentry-trace_id=${id(80)}`);
  expect(sent.baggage).not.toContain("theirs");
});

test("SAMP-09: where the caller named no rate, none is made up", async () => {
  const tracing = startTestTracing(intake, { TRACE_SAMPLE_RATE: "0.5" });
  continueTrace({ traceparent: `00-${id(78)}-b7ad6b7169203331-01` }, { name: "below" }, () => {});
  await intake.until(() => intake.spans.some((span) => span.traceId === id(78)), "the span");
  expect(intake.spans.find(({ traceId }) => traceId === id(78))?.attributes).not.toHaveProperty(
    "sentry.client_sample_rate",
  );
  await tracing.shutdown();
});

/** A chain of services, each with a rate of its own, called from outside that many times. */
async function runChain(rates: readonly string[], calls: number) {
  const chainIntake = await startIntake();
  const running: {
    tracing: Tracing;
    probe: ProbeServer;
    client: ReturnType<typeof probeClient> | undefined;
  }[] = [];
  let next: string | undefined;
  for (const [index, rate] of [...rates.entries()].reverse()) {
    const tracing = startTestTracing(chainIntake, {
      TRACE_SAMPLE_RATE: rate,
      TRACE_SERVICE_NAME: `service ${index}`,
    });
    const client = next === undefined ? undefined : probeClient(tracing, next);
    const probe = await serveProbe(tracing, {
      async unary(call, callback) {
        callback(null, client === undefined ? call.request : await callUnary(client));
      },
    });
    next = probe.address;
    running.push({ tracing, probe, client });
  }
  const outside = probeClient(undefined, next as string);
  for (let done = 0; done < calls; done += 50)
    await Promise.all(Array.from({ length: 50 }, () => callUnary(outside)));
  outside.close();
  for (const { tracing, probe, client } of running) {
    client?.close();
    probe.stop();
    await tracing.shutdown();
  }
  await chainIntake.close();
  return Map.groupBy(chainIntake.spans, (span) => span.traceId);
}

test.each([
  [["1", "0", "0.01"], 1_000, 1_000],
  [["0", "1", "1"], 0, 0],
  [["0.5", "0", "0.01"], 400, 600],
])(
  "SAMP-05: services with rates %j: only the first decides, and no trace has a gap",
  async (rates, least, most) => {
    const traces = await runChain(rates, 1_000);
    expect(traces.size).toBeGreaterThanOrEqual(least);
    expect(traces.size).toBeLessThanOrEqual(most);
    for (const spans of traces.values()) {
      // Three servers' spans and two clients' between them, each with its parent there.
      expect(spans).toHaveLength(5);
      const ids = new Set(["", ...spans.map((span) => span.spanId)]);
      for (const span of spans) expect(ids).toContain(span.parentSpanId);
    }
  },
);

test("SAMP-05: a sampler below that compares the threshold with the randomness, as OpenTelemetry's do, decides as we did", async () => {
  const tracing = startTestTracing(intake, { TRACE_SAMPLE_RATE: "0.1" });
  const contradicted: string[] = [];
  for (let sampled = 0; sampled < 20; ) {
    const sent: Record<string, string> = {};
    continueTrace({}, { name: "entry" }, () => propagation.inject(context.active(), sent));
    const { traceparent = "", tracestate = "" } = sent;
    if (!traceparent.endsWith("-01")) continue;
    sampled++;
    const [, threshold = ""] = /th:([0-9a-f]{1,14})/.exec(tracestate) ?? [];
    const randomness = /rv:([0-9a-f]{14})/.exec(tracestate)?.[1] ?? traceparent.slice(21, 35);
    if (randomness < threshold.padEnd(14, "0")) contradicted.push(tracestate);
  }
  expect(contradicted).toEqual([]);
  await tracing.shutdown();
});
