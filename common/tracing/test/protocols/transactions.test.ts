import { status as Status } from "@grpc/grpc-js";
import { expect, test } from "vitest";
import { keepTrace, withSpan } from "../../src/index.ts";
import { probeClient, serveProbe, startTestTracing } from "../harness/probe.ts";
import { startRelay } from "../harness/relay-chain.ts";
import { callUnary } from "../harness/wire.ts";
import { startSentry } from "./harness/sentry.ts";

const ENVELOPE = { TRACE_EXPORT_PROTOCOL: "envelope", TRACE_EXPORT_INTERVAL_MS: "60000" };

test("each visit of a process is one transaction, with the caller's span as its parent", async () => {
  const sentry = await startSentry();
  const ledger = await startRelay(sentry, "ledger", ENVELOPE);
  const gateway = await startRelay(sentry, "gateway", { ...ENVELOPE, DOWNSTREAM: ledger.address });
  const client = probeClient(undefined, gateway.address);
  await callUnary(client, { text: "fine" });
  client.close();
  await Promise.all([gateway.stop(), ledger.stop()]);
  const [above, below] = ["gateway", "ledger"].map((service) =>
    sentry.transactions.find(({ event }) => event.tags.service === service),
  );
  expect(sentry.transactions).toHaveLength(2);
  expect(above?.event.contexts.trace).not.toHaveProperty("parent_span_id");
  expect(above?.event.spans.map(({ op }) => op)).toEqual(["rpc.client"]);
  expect(below?.event.contexts.trace).toMatchObject({
    trace_id: above?.event.contexts.trace.trace_id,
    parent_span_id: above?.event.spans[0]?.span_id,
    op: "rpc.server",
    origin: "auto.rpc.tracekeep",
    status: "ok",
  });
  expect(below?.event).toMatchObject({
    transaction: "probe.v1.ProbeService/Unary",
    release: "1.0.0",
    environment: "test",
    platform: "node",
    tags: { "rpc.method": "probe.v1.ProbeService/Unary", "rpc.status_code": "OK" },
  });
  expect([above?.header.trace.transaction, below?.header.trace.transaction]).toEqual([
    "probe.v1.ProbeService/Unary",
    undefined,
  ]);
});

test("a call to the own process is a transaction of its own", async () => {
  const sentry = await startSentry();
  const tracing = startTestTracing(sentry, ENVELOPE);
  const probe = await serveProbe(tracing, {
    unary: (_call, callback) => {
      withSpan("work", () => {});
      callback({ code: Status.NOT_FOUND, details: "no such account" });
    },
  });
  const client = probeClient(tracing, probe.address);
  await withSpan("root", () => callUnary(client).catch(() => {}));
  await tracing.shutdown();
  const shapes = sentry.transactions.map(({ event }) => [
    event.transaction,
    event.contexts.trace.status,
    event.spans.map(({ description, status }) => [description, status]),
  ]);
  expect(shapes).toContainEqual(["probe.v1.ProbeService/Unary", "not_found", [["work", "ok"]]]);
  expect(shapes).toContainEqual(["root", "ok", [["probe.v1.ProbeService/Unary", "not_found"]]]);
  expect(shapes).toHaveLength(2);
  client.close();
  probe.stop();
});

test("the header's sampling context has the weight as a text: the rate where sampled, 1 where kept", async () => {
  const sentry = await startSentry();
  const tracing = startTestTracing(sentry, { ...ENVELOPE, TRACE_SAMPLE_RATE: "0.5" });
  for (let i = 0; i < 30; i++) withSpan("sampled", () => {});
  withSpan("kept", () => keepTrace("on purpose"));
  await tracing.shutdown();
  for (const { header, event } of sentry.transactions) {
    const kept = event.transaction === "kept";
    expect(header.trace).toEqual({
      trace_id: event.contexts.trace.trace_id,
      public_key: "publickey",
      sample_rate: kept ? "1" : "0.5",
      sampled: "true",
      release: "1.2.3",
      environment: "test",
      transaction: event.transaction,
    });
    expect(event.tags["tracekeep.keep.reason"]).toBe(kept ? "on purpose" : undefined);
  }
  expect(sentry.transactions.some(({ event }) => event.transaction === "kept")).toBe(true);
});

test("requests go where Sentry takes envelopes, compressed, with the key in the header alone", async () => {
  const sentry = await startSentry();
  const tracing = startTestTracing(sentry, {
    ...ENVELOPE,
    SENTRY_DSN: `http://publickey@127.0.0.1:${sentry.port}/behind/a/path/42`,
  });
  sentry.judge = () => ({ status: 404 });
  withSpan("a span", () => {});
  await tracing.shutdown(200);
  expect(sentry.requests[0]).toMatchObject({
    path: "/behind/a/path/api/42/envelope/",
    headers: {
      "content-type": "application/x-sentry-envelope",
      "content-encoding": "gzip",
      "x-sentry-auth": expect.stringMatching(
        /^Sentry sentry_key=publickey, sentry_version=7, sentry_client=tracekeep\.node\/\d+\.\d+\.\d+$/,
      ),
    },
  });
});

test("no envelope holds more than 1,000 spans or 1 MiB, and each has one transaction of the trace", async () => {
  const sentry = await startSentry();
  const tracing = startTestTracing(sentry, ENVELOPE);
  withSpan("root", () => {
    for (let i = 0; i < 2_500; i++) withSpan("child", { attributes: { note: "x".repeat(800) } }, () => {});
  });
  await tracing.shutdown();
  const sizes = sentry.transactions.map(({ bytes }) => bytes);
  const counts = sentry.transactions.map(({ event }) => event.spans.length + 1);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(1_048_576);
  expect(Math.max(...counts)).toBeLessThanOrEqual(1_000);
  expect(counts.reduce((sum, count) => sum + count)).toBe(2_501);
  expect(new Set(sentry.transactions.map(({ event }) => event.contexts.trace.trace_id)).size).toBe(1);
  expect(new Set(sentry.transactions.map(({ event }) => event.event_id)).size).toBe(counts.length);
});

test("spans that wait for their transaction are counted as waiting", async () => {
  const sentry = await startSentry();
  const tracing = startTestTracing(sentry, ENVELOPE);
  const stats = () => Object.values(tracing.stats().export)[0];
  withSpan("root", () => {
    withSpan("below", () => {});
    expect(stats()?.queuedSpans).toBe(1);
    expect(stats()?.queuedBytes).toBeGreaterThan(100);
  });
  await tracing.shutdown();
  expect(stats()).toMatchObject({ queuedSpans: 0, queuedBytes: 0, sent: 2 });
});

test("transactions go out as they come: none waits for others to fill a request", async () => {
  const sentry = await startSentry();
  const tracing = startTestTracing(sentry, ENVELOPE);
  for (let i = 0; i < 100; i++) withSpan(`job ${i}`, () => withSpan("step", () => {}));
  await sentry.until(() => sentry.spans.length === 200, "all spans");
  expect(sentry.requests).toHaveLength(100);
  await tracing.shutdown();
});
