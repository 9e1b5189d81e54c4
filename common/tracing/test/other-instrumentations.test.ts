import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { type ClientRequest, createServer, type IncomingHttpHeaders, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { context, propagation, SpanKind, trace } from "@opentelemetry/api";
import { UndiciInstrumentation } from "@opentelemetry/instrumentation-undici";
import { fetch as undiciFetch } from "undici";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Tracing } from "../src/index.ts";
import { type ArrivedSpan, startIntake, type TestIntake } from "./harness/intake.ts";
import { type ProbeServer, probeClient, serveProbe, startTestTracing } from "./harness/probe.ts";
import { callUnary } from "./harness/wire.ts";

let intake: TestIntake;
let tracing: Tracing;
let probe: ProbeServer;
let web: Server;
let webUrl: string;
const webHeaders: IncomingHttpHeaders[] = [];
const undici = new UndiciInstrumentation();

/** What an instrumentation of node:http does: a span for each request, headers into each request. */
function instrumentHttp(message: unknown): void {
  const { request: made } = message as { request: ClientRequest };
  const span = trace.getTracer("http").startSpan("HTTP request", { kind: SpanKind.CLIENT });
  const headers: Record<string, string> = {};
  propagation.inject(trace.setSpan(context.active(), span), headers);
  for (const [name, value] of Object.entries(headers)) made.setHeader(name, value);
  made.on("close", () => span.end());
}

beforeAll(async () => {
  intake = await startIntake();
  tracing = startTestTracing(intake);
  undici.setTracerProvider(trace.getTracerProvider());
  undici.enable();
  subscribe("http.client.request.created", instrumentHttp);
  web = createServer((incoming, response) => {
    webHeaders.push(incoming.headers);
    response.end("ok");
  });
  await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
  webUrl = `http://127.0.0.1:${(web.address() as AddressInfo).port}/`;
  const ways: Record<string, () => Promise<unknown>> = {
    fetch: async () => (await fetch(webUrl)).text(),
    undici: async () => (await undiciFetch(webUrl)).text(),
    http: () =>
      new Promise((resolve) => request(webUrl, (response) => response.resume().on("end", resolve)).end()),
  };
  probe = await serveProbe(tracing, {
    async unary(call, callback) {
      await ways[call.request.text]?.();
      callback(null, { text: "", count: 1 });
    },
  });
});

afterAll(async () => {
  unsubscribe("http.client.request.created", instrumentHttp);
  undici.disable();
  probe.stop();
  web.close();
  web.closeAllConnections();
  await tracing.shutdown();
  await intake.close();
});

const isHttp = (span: ArrivedSpan): boolean => span.scope !== "tracekeep";

async function callBy(way: string): Promise<readonly ArrivedSpan[]> {
  const known = intake.spans.length;
  const client = probeClient(tracing, probe.address);
  await callUnary(client, { text: way });
  client.close();
  await intake.until(() => intake.spans.length >= known + 3, "the spans of client, server and HTTP");
  return intake.spans.slice(known);
}

test.each([
  ["fetch", "@opentelemetry/instrumentation-undici"],
  ["undici", "@opentelemetry/instrumentation-undici"],
  ["http", "http"],
])(
  "the user's instrumentation of %s lands in the same trace, below the handler, and its request carries it on",
  async (way, scope) => {
    const spans = await callBy(way);
    const server = spans.find((span) => span.kind === 2);
    const http = spans.filter(isHttp);
    expect(http).toHaveLength(1);
    expect(http[0]).toMatchObject({ scope, kind: 3, traceId: server?.traceId, parentSpanId: server?.spanId });
    expect(http[0]?.resource["service.name"]).toBe("probe");
    expect(webHeaders.at(-1)).toMatchObject({
      traceparent: `00-${server?.traceId}-${http[0]?.spanId}-01`,
      "sentry-trace": `${server?.traceId}-${http[0]?.spanId}-1`,
    });
  },
);

test("EXP-14: our own requests make no span and carry no trace headers, also when they are sent again", async () => {
  const known = intake.requests.length;
  intake.answer = { status: 503 };
  const client = probeClient(tracing, probe.address);
  await callUnary(client);
  await intake.until(() => intake.requests.length > known, "the first attempt");
  intake.answer = { status: 200 };
  // By the exporter's own timer, outside of any call.
  await intake.until(() => intake.requests.length > known + 1, "the second attempt");
  client.close();
  const sent = intake.requests.length;
  expect(sent - known).toBe(2);
  // Thirty times the interval of a batch: a loop would show.
  await delay(300);
  expect(intake.requests).toHaveLength(sent);
  expect(intake.spans.filter(isHttp)).toHaveLength(webHeaders.length);
  for (const { headers } of intake.requests) {
    for (const name of ["traceparent", "tracestate", "sentry-trace", "baggage"])
      expect(headers).not.toHaveProperty(name);
  }
});

test("EXP-14: nor do they carry those of an instrumentation that does not ask whether tracing is suppressed", async () => {
  const insist = (message: unknown): void => {
    const { request: made } = message as { request: ClientRequest };
    made.setHeader("sentry-trace", "0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331");
    made.setHeader("baggage", "sentry-trace_id=0af7651916cd43dd8448eb211c80319c");
  };
  const known = intake.requests.length;
  subscribe("http.client.request.created", insist);
  const client = probeClient(tracing, probe.address);
  await callUnary(client);
  await intake.until(() => intake.requests.length > known, "the request");
  unsubscribe("http.client.request.created", insist);
  client.close();
  for (const { headers } of intake.requests.slice(known)) {
    expect(headers).not.toHaveProperty("sentry-trace");
    expect(headers).not.toHaveProperty("baggage");
  }
});

test("EXP-14: an error event makes no span and carries no trace headers either", async () => {
  const before = intake.spans.length;
  const failing = await serveProbe(tracing, {
    unary: (_call, callback) => callback({ code: 13, details: "broken" }),
  });
  const client = probeClient(tracing, failing.address);
  await expect(callUnary(client)).rejects.toMatchObject({ code: 13 });
  await intake.until(
    () => intake.errors.length === 1 && intake.spans.length >= before + 2,
    "the event and both spans",
  );
  await delay(100);
  expect(intake.spans.slice(before).filter(isHttp)).toEqual([]);
  const envelope = intake.requests.find(({ path }) => path.includes("/envelope/"));
  expect(
    Object.keys(envelope?.headers ?? {}).filter((name) => /^(trace|sentry-trace|baggage)/.test(name)),
  ).toEqual([]);
  client.close();
  failing.stop();
});
