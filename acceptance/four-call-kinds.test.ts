import { credentials } from "@grpc/grpc-js";
import { ProbeServiceClient } from "@tracekeep/proto/probe/v1";
import { type ServiceProcess, startService } from "@tracekeep/service/testing";
import { loadTracingConfig, startTracing, type Tracing } from "tracekeep";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type ArrivedSpan,
  arrived,
  KIND,
  PROBE_MAIN,
  parentOf,
  serviceOf,
  startIntake,
  type TestIntake,
} from "./harness/stack.ts";

let intake: TestIntake;
let front: ServiceProcess;
let back: ServiceProcess;
let tracing: Tracing;
let client: ProbeServiceClient;

beforeAll(async () => {
  intake = await startIntake();
  const env = { SENTRY_DSN: intake.dsn, TRACE_SAMPLE_RATE: "1", TRACE_EXPORT_INTERVAL_MS: "20" };
  back = await startService(PROBE_MAIN, { ...env, SERVICE_NAME: "back" });
  front = await startService(PROBE_MAIN, { ...env, SERVICE_NAME: "front", NEXT_ADDRESS: back.address });
  tracing = startTracing(loadTracingConfig({ serviceName: "caller", env, cwd: "/" }));
  client = new ProbeServiceClient(front.address, credentials.createInsecure(), tracing.clientOptions());
});
afterAll(async () => {
  client?.close();
  await tracing?.shutdown();
  await front?.stop();
  await back?.stop();
  await intake?.close();
});

/** Each makes one call of its kind, whose work takes `ms` a message, and counts its messages. */
const KINDS = {
  Unary: {
    messages: 1,
    call: (ms: number) => new Promise((resolve) => client.unary({ text: "u", count: ms }, resolve)),
  },
  ServerStream: {
    messages: 3,
    call: (ms: number) =>
      new Promise((resolve) =>
        client
          .serverStream({ text: "s", count: ms })
          .on("data", () => {})
          .on("end", resolve),
      ),
  },
  ClientStream: {
    messages: 2,
    call: (ms: number) =>
      new Promise((resolve) => {
        const call = client.clientStream(resolve);
        for (const text of ["c", "d"]) call.write({ text, count: ms });
        call.end();
      }),
  },
  Bidi: {
    messages: 2,
    call: (ms: number) =>
      new Promise((resolve) => {
        const call = client
          .bidi()
          .on("data", () => {})
          .on("end", resolve);
        for (const text of ["x", "y"]) call.write({ text, count: ms });
        call.end();
      }),
  },
};

/** Another process may take the processor away between two readings of the clock. */
const RETRIED = { retry: 3 };

const outline = (spans: readonly ArrivedSpan[]): string[] =>
  spans
    .map((span) => {
      const parent = parentOf(span, spans);
      const above = parent === undefined ? "nothing" : `${serviceOf(parent)} ${parent.kind} ${parent.name}`;
      return `${serviceOf(span)} ${span.kind} ${span.name} below ${above}`;
    })
    .sort();

test.each(Object.entries(KINDS))(
  "%s keeps one trace through three processes",
  async (name, { messages, call }) => {
    const method = `probe.v1.ProbeService/${name}`;
    const unary = "probe.v1.ProbeService/Unary";
    const traceId = await tracing.withSpan("caller's work", async (span) => {
      await call(0);
      return span.spanContext().traceId;
    });
    const spans = await arrived(intake, traceId, 3 + messages * 4);
    const perMessage = [
      `back 1 work below back 2 ${unary}`,
      `back 2 ${unary} below front 3 ${unary}`,
      `front 1 work below front 2 ${method}`,
      `front 3 ${unary} below front 2 ${method}`,
    ];
    expect(outline(spans)).toEqual(
      [
        "caller 1 caller's work below nothing",
        `caller 3 ${method} below caller 1 caller's work`,
        `front 2 ${method} below caller 3 ${method}`,
        ...Array.from({ length: messages }, () => perMessage).flat(),
      ].sort(),
    );
  },
);

test.each(Object.entries(KINDS))("%s: durations are true to 5 ms", RETRIED, async (name, { call }) => {
  const clock = performance.now();
  const traceId = await tracing.withSpan("timed", async (span) => {
    await call(60);
    return span.spanContext().traceId;
  });
  const took = performance.now() - clock;
  await intake.until(
    () => intake.spans.some((span) => span.traceId === traceId && span.name === "timed"),
    "the trace",
  );
  const own = intake.spans.filter((span) => span.traceId === traceId);
  const timed = own.find((span) => span.name === "timed");
  const rpc = own.find((span) => span.kind === KIND.client && serviceOf(span) === "caller");
  const durationOf = (span: ArrivedSpan | undefined): number =>
    ((span?.end ?? 0) - (span?.start ?? 0)) / 1_000;
  expect(rpc?.name).toBe(`probe.v1.ProbeService/${name}`);
  expect(Math.abs(durationOf(timed) - took)).toBeLessThanOrEqual(5);
  expect(durationOf(rpc)).toBeGreaterThanOrEqual(59);
  expect(durationOf(rpc)).toBeLessThanOrEqual(durationOf(timed));
});
