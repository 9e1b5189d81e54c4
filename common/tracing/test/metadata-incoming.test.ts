import { Metadata } from "@grpc/grpc-js";
import { propagation } from "@opentelemetry/api";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { continueTrace, type Tracing } from "../src/index.ts";
import { serverSpans } from "./harness/calls.ts";
import { type ArrivedSpan, startIntake, type TestIntake } from "./harness/intake.ts";
import { type ProbeServer, probeClient, serveProbe, startTestTracing } from "./harness/probe.ts";
import { callUnary, metadataOf, serveWire, type WireServer } from "./harness/wire.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";
const OTHER = "1bf7651916cd43dd8448eb211c80319d";
const TRACEPARENT = `00-${TRACE}-${SPAN}-01`;

let intake: TestIntake;
let tracing: Tracing;
let wire: WireServer;
let probe: ProbeServer;
let client: ReturnType<typeof probeClient>;
let downstream: ReturnType<typeof probeClient>;
let before = 0;
let received: Metadata | undefined;
let baggage: Record<string, string> = {};

/** An untraced client calls a traced server, which calls the next one below. */
beforeAll(async () => {
  intake = await startIntake();
  tracing = startTestTracing(intake, { TRACE_CAPTURE_METADATA: "blob-bin,x-note" });
  wire = await serveWire();
  downstream = probeClient(tracing, wire.address);
  probe = await serveProbe(tracing, {
    async unary(call, callback) {
      received = call.metadata;
      const entries = propagation.getActiveBaggage()?.getAllEntries() ?? [];
      baggage = Object.fromEntries(entries.map(([key, { value }]) => [key, value]));
      callback(null, await callUnary(downstream));
    },
  });
  client = probeClient(undefined, probe.address);
});

beforeEach(() => {
  before = wire.seen.length;
});

afterAll(async () => {
  client.close();
  downstream.close();
  probe.stop();
  wire.stop();
  await tracing.shutdown();
  await intake.close();
});

/** The server's span of a call with these headers, and what its own call below carried. */
async function call(metadata: Metadata) {
  const known = serverSpans(intake).length;
  await callUnary(client, { metadata });
  await intake.until(() => serverSpans(intake).length > known, "the server's span");
  const sent = wire.headers(before + 1);
  return { span: serverSpans(intake)[known] as ArrivedSpan, sent };
}

const isContinued = { traceId: TRACE, parentSpanId: SPAN };

test("META-02: the same traceparent twice continues the trace", async () => {
  expect((await call(metadataOf({ traceparent: [TRACEPARENT, TRACEPARENT] }))).span).toMatchObject(
    isContinued,
  );
  before = wire.seen.length;
  expect((await call(metadataOf({ traceparent: `${TRACEPARENT}, ${TRACEPARENT}` }))).span).toMatchObject(
    isContinued,
  );
});

test.each([
  ["two values", [TRACEPARENT, `00-${OTHER}-${SPAN}-01`]],
  ["two values, the other way about", [`00-${OTHER}-${SPAN}-01`, TRACEPARENT]],
  ["joined by a comma", [`${TRACEPARENT},00-${OTHER}-${SPAN}-01`]],
  ["one of them not valid", [TRACEPARENT, "nonsense"]],
])("META-02: different traceparents (%s) begin a new trace, every time", async (_case, traceparent) => {
  const { span, sent } = await call(metadataOf({ traceparent }));
  expect([TRACE, OTHER]).not.toContain(span.traceId);
  expect(span.parentSpanId).toBe("");
  expect(sent.traceId).toBe(span.traceId);
});

test("META-03: binary metadata reaches the handler byte by byte and the span as its size", async () => {
  const metadata = new Metadata();
  const bytes = Buffer.from([0x00, 0xff, 0x2c, 0x80, 0x0a]);
  metadata.add("blob-bin", bytes);
  metadata.add("blob-bin", Buffer.alloc(300, 7));
  metadata.add("x-note", "plain");
  const { span } = await call(metadata);
  expect(received?.get("blob-bin")).toEqual([bytes, Buffer.alloc(300, 7)]);
  expect(span.attributes["rpc.request.metadata.blob-bin"]).toEqual(["[5 bytes]", "[300 bytes]"]);
  expect(span.attributes["rpc.request.metadata.x-note"]).toEqual(["plain"]);
});

test.each([
  ["one header", { baggage: "a=1,bad=%zz,c=3,d=100%" }],
  ["two headers", { baggage: ["a=1,bad=%zz", "c=3,d=100%"] }],
])(
  "META-05: baggage that cannot be decoded (%s) costs neither the trace nor the other members",
  async (_case, headers) => {
    const { span, sent } = await call(metadataOf({ ...headers, traceparent: TRACEPARENT }));
    expect(span).toMatchObject(isContinued);
    expect(baggage).toEqual({ a: "1", c: "3" });
    expect(sent.baggage).toMatchObject({ a: "1", c: "3" });
  },
);

test.each([
  ["upper-case hex", `00-${TRACE.toUpperCase()}-${SPAN}-01`],
  ["ids of zeros", `00-${"0".repeat(32)}-${"0".repeat(16)}-01`],
  ["version ff", `ff-${TRACE}-${SPAN}-01`],
  ["version 00 with a fifth part", `${TRACEPARENT}-more`],
  ["nothing", ""],
  ["10 kB", "0".repeat(10_000)],
])(
  "META-07: traceparent with %s begins a new trace with good ids, without the tracestate",
  async (_case, traceparent) => {
    const { span, sent } = await call(metadataOf({ traceparent, tracestate: "vendor=1" }));
    expect(span.traceId).not.toBe(TRACE);
    expect(span.traceId).toMatch(/[1-9a-f]/);
    expect(span.parentSpanId).toBe("");
    expect(span.traceState).not.toContain("vendor");
    expect(sent.traceId).toBe(span.traceId);
    expect(sent.tracestate).not.toContain("vendor");
  },
);

test("META-07: traceparent of a later version with more parts continues the trace, with its tracestate", async () => {
  const headers = { traceparent: `01-${TRACE}-${SPAN}-01-more`, tracestate: "vendor=1" };
  const { span, sent } = await call(metadataOf(headers));
  expect(span).toMatchObject(isContinued);
  expect(sent.tracestate).toContain("vendor=1");
});

test("META-07: a tracestate beside a traceparent that is not valid is dropped, also where sentry-trace continues the trace", async () => {
  const headers = { traceparent: "nonsense", tracestate: "vendor=1", "sentry-trace": `${TRACE}-${SPAN}-1` };
  const { span, sent } = await call(metadataOf(headers));
  expect(span).toMatchObject(isContinued);
  expect(span.traceState).not.toContain("vendor");
  expect(sent.tracestate).not.toContain("vendor");
});

test("META-07: white space around a traceparent does no harm", () => {
  const carrier = { traceparent: ` ${TRACEPARENT} ` };
  expect(continueTrace(carrier, { name: "entry" }, (span) => span.spanContext().traceId)).toBe(TRACE);
});

test("META-08: names in any case continue the trace, in metadata and in a plain object", async () => {
  expect((await call(metadataOf({ TraceParent: TRACEPARENT, BAGGAGE: "a=1" }))).span).toMatchObject(
    isContinued,
  );
  expect(baggage).toEqual({ a: "1" });
  before = wire.seen.length;
  expect((await call(metadataOf({ "Sentry-Trace": `${TRACE}-${SPAN}-1` }))).span).toMatchObject(isContinued);
  for (const carrier of [
    { TraceParent: TRACEPARENT },
    { "Sentry-Trace": `${TRACE}-${SPAN}-1` },
    new Headers({ TRACEPARENT }),
  ])
    expect(continueTrace(carrier, { name: "entry" }, (span) => span.spanContext().traceId)).toBe(TRACE);
  continueTrace({ BAGGAGE: ["a=1", "b=2"] }, { name: "entry" }, () =>
    expect(propagation.getActiveBaggage()?.getEntry("b")?.value).toBe("2"),
  );
});

test("META-07: a carrier with values of other types is read like an empty one", () => {
  const odd = { traceparent: Buffer.from(TRACEPARENT), baggage: 7, tracestate: null } as unknown as Record<
    string,
    string
  >;
  expect(continueTrace(odd, { name: "entry" }, (span) => span.spanContext().traceId)).toMatch(/[1-9a-f]/);
  expect(continueTrace(odd, { name: "entry" }, (span) => span.spanContext().traceId)).not.toBe(TRACE);
});

test("META-09: both formats at once: traceparent counts, and each is passed on once", async () => {
  const { span, sent } = await call(
    metadataOf({
      traceparent: TRACEPARENT,
      "sentry-trace": `${OTHER}-${SPAN}-0`,
      baggage: ["tenant=a", `sentry-trace_id=${TRACE},sentry-release=9`],
    }),
  );
  expect(span).toMatchObject(isContinued);
  expect(sent).toMatchObject({ traceId: TRACE, traceFlags: "01", sentryFlag: "1" });
  expect(sent.baggage).toEqual({ tenant: "a", "sentry-trace_id": TRACE, "sentry-release": "9" });
});
