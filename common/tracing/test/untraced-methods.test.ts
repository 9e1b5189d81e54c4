import { Client, credentials, type ServiceDefinition } from "@grpc/grpc-js";
import { trace } from "@opentelemetry/api";
import { expect, test } from "vitest";
import { withSpan } from "../src/index.ts";
import { once, openCall } from "./harness/calls.ts";
import { startIntake } from "./harness/intake.ts";
import { type ProbeHandlers, probeClient, serveProbe, startTestTracing } from "./harness/probe.ts";
import { withScene } from "./harness/scene.ts";

const raw = (bytes: Buffer): Buffer => bytes;
const method = (name: string, responseStream: boolean) => ({
  path: `/grpc.health.v1.Health/${name}`,
  requestStream: false,
  responseStream,
  requestSerialize: raw,
  requestDeserialize: raw,
  responseSerialize: raw,
  responseDeserialize: raw,
});
/** The standard health service, with its messages left as bytes. */
const HEALTH = { check: method("Check", false), watch: method("Watch", true) } satisfies ServiceDefinition;
const SERVING = Buffer.from([0x08, 0x01]);

test("MEM-02: health checks make no span, and nothing stays open", async () => {
  const intake = await startIntake();
  const tracing = startTestTracing(intake);
  const probe = await serveProbe(tracing, {});
  probe.server.addService(HEALTH, {
    check: (_call: unknown, callback: (error: null, response: Buffer) => void) => callback(null, SERVING),
    watch: (call: { write(response: Buffer): void }) => call.write(SERVING),
  });
  const client = new Client(probe.address, credentials.createInsecure(), tracing.clientOptions());
  const check = (): Promise<Buffer | undefined> =>
    new Promise((resolve) =>
      client.makeUnaryRequest(HEALTH.check.path, raw, raw, Buffer.alloc(0), (_error, response) =>
        resolve(response),
      ),
    );
  const watch = (): Promise<void> =>
    new Promise((resolve) => {
      const call = client.makeServerStreamRequest(HEALTH.watch.path, raw, raw, Buffer.alloc(0));
      call.on("data", () => call.cancel()).on("error", () => resolve());
    });
  for (let round = 0; round < 20; round++) {
    const answers = await Promise.all(Array.from({ length: 250 }, check));
    expect(answers.every((answer) => answer?.equals(SERVING))).toBe(true);
    await Promise.all(Array.from({ length: 50 }, watch));
  }
  await tracing.forceFlush();
  expect(tracing.stats().spans).toMatchObject({ started: 0, ended: 0, open: 0 });
  expect(intake.requests).toEqual([]);
  client.close();
  probe.stop();
  await tracing.shutdown();
  await intake.close();
});

const NEVER_UNARY = { env: { TRACE_METHOD_RULES: "probe.v1.ProbeService/Unary=never" } };

test("MEM-02: a call below a method that is never traced stays in the trace of its caller", async () => {
  const intake = await startIntake();
  const tracing = startTestTracing(intake, NEVER_UNARY.env);
  const active: unknown[] = [];
  let below: ReturnType<typeof probeClient> | undefined;
  const unary: ProbeHandlers["unary"] = async (call, callback) => {
    active.push(trace.getActiveSpan()?.spanContext().spanId);
    if (below !== undefined) await openCall(below, "bidi").status;
    callback(null, call.request);
  };
  const probe = await serveProbe(tracing, { unary, bidi: (call) => call.end() });
  below = probeClient(tracing, probe.address);
  const client = probeClient(tracing, probe.address);
  await withSpan("caller", () => openCall(client, "unary").status);
  await intake.until(() => intake.spans.length >= 3, "the caller and both sides of the call below");
  await tracing.forceFlush();

  const named = (name: string, kind: number) =>
    intake.spans.find((span) => span.name === name && span.kind === kind);
  const caller = named("caller", 1);
  const belowClient = named("probe.v1.ProbeService/Bidi", 3);
  expect(intake.spans).toHaveLength(3);
  expect(active).toEqual([caller?.spanId]);
  expect(belowClient).toMatchObject({ traceId: caller?.traceId, parentSpanId: caller?.spanId });
  expect(named("probe.v1.ProbeService/Bidi", 2)?.parentSpanId).toBe(belowClient?.spanId);
  client.close();
  below.close();
  probe.stop();
  await tracing.shutdown();
  await intake.close();
});

test("MEM-02: `never` is for the methods that it names, and headers pass through unchanged", async () => {
  const headers = once<{ traceparent: unknown; baggage: unknown }>();
  const handlers: ProbeHandlers = {
    unary(call, callback) {
      headers.resolve({
        traceparent: call.metadata.get("traceparent")[0],
        baggage: call.metadata.get("baggage")[0],
      });
      callback(null, call.request);
    },
    bidi: (call) => call.end(),
  };
  await withScene(
    handlers,
    async ({ client, intake }) => {
      let expected = "";
      await withSpan("caller", async (span) => {
        expected = `00-${span.spanContext().traceId}-${span.spanContext().spanId}-01`;
        await openCall(client, "unary").status;
      });
      expect((await headers.promise).traceparent).toBe(expected);
      await openCall(client, "bidi").status;
      await intake.until(() => intake.spans.length >= 3, "the caller and the traced method");
      expect(intake.spans.map((span) => span.name).sort()).toEqual([
        "caller",
        "probe.v1.ProbeService/Bidi",
        "probe.v1.ProbeService/Bidi",
      ]);
    },
    NEVER_UNARY,
  );
});
