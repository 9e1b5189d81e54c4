import { createServer } from "node:net";
import { afterAll, afterEach, beforeEach, expect, test } from "vitest";
import { startIntake, type TestIntake } from "../harness/intake.ts";
import { makeAuthority } from "../tls/harness/authority.ts";
import { startTlsFront } from "../tls/harness/tls-front.ts";
import { type MeteredTracing, startMetered } from "./harness/metered-tracing.ts";

const authority = makeAuthority();
let intake: TestIntake;
beforeEach(async () => {
  intake = await startIntake();
});
afterEach(() => intake.close());
afterAll(() => authority.remove());

const POLL = { timeout: 10_000, interval: 20 };

function metered(env: Record<string, string> = {}): MeteredTracing {
  return startMetered({ SENTRY_DSN: intake.dsn, TRACE_SAMPLE_RATE: "1", ...env });
}

function makeSpans({ tracing }: MeteredTracing, count: number): void {
  for (let i = 0; i < count; i++) tracing.withSpan("work", () => {});
}

test("what arrives is counted: batches, spans, bytes and the time of each request", async () => {
  const scene = metered();
  expect(await scene.value("tracekeep.export.destination.up")).toBeUndefined();
  makeSpans(scene, 3);
  await scene.tracing.forceFlush();
  const [attributes] = (await scene.points("tracekeep.export.io")).map((point) => point.attributes);
  expect(attributes).toEqual({
    "otel.component.name": "sentry",
    "otel.component.type": "otlp_http_span_exporter",
    "server.address": "127.0.0.1",
  });
  expect(await scene.value("tracekeep.export.batch", "accepted")).toBe(intake.requests.length);
  expect(await scene.points("otel.sdk.exporter.span.exported")).toEqual([
    { value: 3, attributes },
    { value: 0, attributes: { ...attributes, "error.type": "rejected" } },
  ]);
  const sent = intake.requests.reduce((sum, { headers }) => sum + Number(headers["content-length"]), 0);
  expect(await scene.value("tracekeep.export.io")).toBe(sent);
  expect(await scene.points("otel.sdk.exporter.operation.duration")).toEqual([
    { value: intake.requests.length, attributes },
  ]);
  expect(await scene.value("tracekeep.export.destination.up")).toBe(1);
});

test("a retry counts as one, and the destination as down until it answers", async () => {
  const scene = metered();
  intake.answer = { status: 503 };
  makeSpans(scene, 1);
  await expect.poll(() => scene.value("tracekeep.export.batch", "retried"), POLL).toBeGreaterThan(0);
  expect(await scene.value("tracekeep.export.destination.up")).toBe(0);
  expect(await scene.value("tracekeep.export.batch", "accepted")).toBe(0);
  intake.answer = { status: 200 };
  await expect.poll(() => scene.value("tracekeep.export.batch", "accepted"), POLL).toBe(1);
  expect(await scene.value("tracekeep.export.destination.up")).toBe(1);
  const retried = await scene.value("tracekeep.export.batch", "retried");
  expect(await scene.value("tracekeep.export.error", "503")).toBe(retried);
  const durations = await scene.points("otel.sdk.exporter.operation.duration");
  expect(durations.map(({ value, attributes }) => [value, attributes["error.type"]])).toEqual([
    [retried, "503"],
    [1, undefined],
  ]);
});

test("a full queue: what waits, its bound, and what is dropped why", async () => {
  const scene = metered({ TRACE_EXPORT_QUEUE_BYTES: "65536", TRACE_EXPORT_BATCH_BYTES: "32768" });
  intake.answer = "hang";
  makeSpans(scene, 1);
  await intake.until(() => intake.requests.length > 0, "the request");
  expect(await scene.value("otel.sdk.exporter.span.inflight")).toBe(1);
  expect(await scene.value("tracekeep.memory.usage", "in_flight")).toBeGreaterThan(100);
  makeSpans(scene, 1_000);
  const waiting = (await scene.value("otel.sdk.processor.span.queue.size")) ?? 0;
  expect(waiting).toBeGreaterThan(100);
  const dropped = await scene.value("tracekeep.export.span.dropped", "queue_full");
  expect(dropped).toBe(1_000 - waiting);
  expect(await scene.value("otel.sdk.processor.span.processed", "queue_full")).toBe(dropped);
  const bytes = await scene.value("tracekeep.export.queue.usage");
  expect(bytes).toBeGreaterThan(60_000);
  expect(bytes).toBeLessThanOrEqual((await scene.value("tracekeep.export.queue.limit")) ?? 0);
  expect(await scene.value("tracekeep.export.queue.limit")).toBe(65_536);
  expect(await scene.value("tracekeep.memory.usage", "queue")).toBe(bytes);
});

test.each([
  [401, "401", "refused"],
  [413, "413", "split"],
  [429, "429", "retried"],
  [500, "500", "refused"],
  [418, "other_status", "refused"],
])("status %i counts as %s, its batch as %s", async (status, fault, outcome) => {
  const scene = metered();
  intake.answer = { status };
  makeSpans(scene, 2);
  await expect.poll(() => scene.value("tracekeep.export.error", fault), POLL).toBeGreaterThan(0);
  expect(await scene.value("tracekeep.export.batch", outcome)).toBeGreaterThan(0);
  expect(await scene.value("tracekeep.export.batch", "accepted")).toBe(0);
});

test("spans that a server refuses are exported without success", async () => {
  const scene = metered();
  intake.answer = { status: 400 };
  makeSpans(scene, 4);
  await expect.poll(() => scene.value("otel.sdk.exporter.span.exported", "rejected"), POLL).toBe(4);
  expect(await scene.value("tracekeep.export.span.dropped", "refused")).toBe(4);
});

test.each(["connection_refused", "connection_reset", "timeout", "dns", "tls"])(
  "a network fault counts by its kind: %s",
  async (fault) => {
    const dsn = await FAULTY[fault as keyof typeof FAULTY]();
    const scene = metered({ SENTRY_DSN: dsn, TRACE_EXPORT_TIMEOUT_MS: "500" });
    makeSpans(scene, 1);
    await expect.poll(() => scene.value("tracekeep.export.error", fault), POLL).toBeGreaterThan(0);
    const faults = await scene.points("tracekeep.export.error");
    expect(faults.filter(({ value }) => value > 0).map(({ attributes }) => attributes["error.type"])).toEqual(
      [fault],
    );
  },
);

/** DSNs of destinations that fail, each in its way. */
const FAULTY = {
  async connection_refused() {
    await intake.close();
    return intake.dsn;
  },
  async connection_reset() {
    const server = createServer((socket) => void socket.destroy()).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    server.unref();
    return intake.dsn.replace(`:${intake.port}`, `:${(server.address() as { port: number }).port}`);
  },
  async timeout() {
    intake.answer = "hang";
    return intake.dsn;
  },
  dns: async () => "http://publickey@nowhere.invalid/42",
  async tls() {
    const front = await startTlsFront(authority.issue({ names: ["localhost"] }), intake.port);
    return `https://publickey@localhost:${front.port}/42`;
  },
};

test("each destination has numbers of its own, and there are no others", async () => {
  const second = await startIntake();
  const scene = metered({
    TRACE_EXPORT_PROTOCOL: "envelope",
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `http://localhost:${second.port}/v1/traces`,
    OTEL_EXPORTER_OTLP_TRACES_HEADERS: "authorization=Bearer secret-token",
  });
  second.answer = { status: 400 };
  makeSpans(scene, 1);
  await scene.tracing.forceFlush();
  expect(await scene.value("tracekeep.export.batch", "sentry_envelope_exporter", "accepted")).toBe(1);
  expect(await scene.value("tracekeep.export.batch", "otlp", "localhost", "refused")).toBe(1);
  const destinations = (await scene.points("tracekeep.export.io")).map(
    ({ attributes }) => attributes["otel.component.name"],
  );
  expect(destinations).toEqual(["sentry", "otlp"]);
  await second.close();
});
