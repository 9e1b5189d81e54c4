import { setTimeout as delay } from "node:timers/promises";
import { InterceptingCall, type Interceptor, Metadata } from "@grpc/grpc-js";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Tracing } from "../src/index.ts";
import { startIntake, type TestIntake } from "./harness/intake.ts";
import { type ProbeServer, probeClient, serveProbe, startTestTracing } from "./harness/probe.ts";

let intake: TestIntake;
let tracing: Tracing;
let probe: ProbeServer;
beforeEach(async () => {
  intake = await startIntake();
  tracing = startTestTracing(intake);
  probe = await serveProbe(tracing, { unary: (_call, callback) => callback(null, { text: "", count: 0 }) });
});
afterEach(async () => {
  probe.stop();
  await tracing.shutdown();
  await intake.close();
});

/** As one that fetches a token first; resolves once the call was started. */
function slowInterceptor(started: () => void): Interceptor {
  return (options, next) =>
    new InterceptingCall(next(options), {
      async start(metadata, listener, proceed) {
        await delay(200);
        proceed(metadata, listener);
        started();
      },
    });
}

test("LIFE-02: a call that fails while it is started has the status that its caller gets", async () => {
  const client = probeClient(tracing, "dns:///nowhere.invalid:1");
  const fail = () =>
    new Promise<{ code?: number } | null>((resolve) => client.unary({ text: "", count: 0 }, resolve));
  // The first waits for the name; the next ones know that there is none.
  const codes = [(await fail())?.code, (await fail())?.code, (await fail())?.code];
  expect(codes).toEqual([14, 14, 14]);
  await tracing.forceFlush();
  await intake.until(() => intake.spans.length === 3, "three client spans");
  expect(intake.spans.map(({ attributes }) => attributes["rpc.status_code"])).toEqual(
    Array(3).fill("UNAVAILABLE"),
  );
  client.close();
});

test("LIFE-02: a call that its parent's end cancels before it is started is no failure", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const edge = await serveProbe(tracing, {
    unary(call) {
      const options = { parent: call, interceptors: [slowInterceptor(resolve)] } as never;
      client.unary({ text: "", count: 0 }, options, () => {});
    },
  });
  const client = probeClient(tracing, probe.address);
  const outside = probeClient(undefined, edge.address);
  const call = outside.unary({ text: "", count: 0 }, () => {});
  setTimeout(() => call.cancel(), 50);
  await promise;
  await tracing.forceFlush();
  await intake.until(() => intake.spans.length === 2, "the server's span, and that of its call");
  expect(intake.spans.map(({ attributes, status }) => [attributes["rpc.status_code"], status.code])).toEqual([
    ["CANCELLED", 0],
    ["CANCELLED", 0],
  ]);
  expect(intake.errors).toEqual([]);
  client.close();
  outside.close();
  edge.stop();
});

test.each([
  ["outlasts the deadline", 50, false, "DEADLINE_EXCEEDED"],
  ["outlasts its caller's patience", 5_000, true, "CANCELLED"],
])(
  "LIFE-02: a call whose interceptor %s has a span that ends, with the status",
  async (_, limit, cancels, status) => {
    const client = probeClient(tracing, probe.address);
    const { promise, resolve } = Promise.withResolvers<void>();
    const call = client.unary(
      { text: "", count: 0 },
      { deadline: Date.now() + limit, interceptors: [slowInterceptor(resolve)] } as never,
      () => {},
    );
    if (cancels) call.cancel();
    await promise;
    await tracing.forceFlush();
    await intake.until(() => intake.spans.length === 1, "the client's span");
    expect(intake.spans[0]?.attributes["rpc.status_code"]).toBe(status);
    expect(tracing.stats().spans.open).toBe(0);
    client.close();
  },
);

test.each([
  ["outlasts the deadline", 50, false, "DEADLINE_EXCEEDED"],
  ["outlasts its caller's patience", 5_000, true, "CANCELLED"],
])(
  "LIFE-02: the same with clientInterceptors(): a call whose interceptor above ours %s has a span that ends",
  async (_, limit, cancels, status) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const interceptors = [slowInterceptor(resolve), ...tracing.clientInterceptors()];
    const client = probeClient(undefined, probe.address, { interceptors });
    const call = client.unary(
      { text: "", count: 0 },
      new Metadata(),
      { deadline: Date.now() + limit },
      () => {},
    );
    if (cancels) call.cancel();
    await promise;
    await tracing.forceFlush();
    await intake.until(() => intake.spans.length === 1, "the client's span", 2_000);
    expect(intake.spans[0]?.attributes["rpc.status_code"]).toBe(status);
    expect(tracing.stats().spans.open).toBe(0);
    client.close();
  },
);
