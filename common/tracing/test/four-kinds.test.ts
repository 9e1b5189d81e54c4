import { afterAll, beforeAll, expect, test } from "vitest";
import { type Tracing, withSpan } from "../src/index.ts";
import { startIntake, type TestIntake } from "./harness/intake.ts";
import { type ProbeServer, probeClient, serveProbe, startTestTracing } from "./harness/probe.ts";

let intake: TestIntake;
let tracing: Tracing;
let probe: ProbeServer;

beforeAll(async () => {
  intake = await startIntake();
  tracing = startTestTracing(intake);
  probe = await serveProbe(tracing, {
    unary: (call, callback) => callback(null, { text: call.request.text, count: 1 }),
    serverStream(call) {
      for (const count of [1, 2, 3]) call.write({ text: "", count });
      call.end();
    },
    clientStream(call, callback) {
      let count = 0;
      call.on("data", () => count++);
      call.on("end", () => callback(null, { text: "", count }));
    },
    bidi(call) {
      call.on("data", (message) => call.write(message));
      call.on("end", () => call.end());
    },
  });
});

afterAll(async () => {
  probe.stop();
  await tracing.shutdown();
  await intake.close();
});

const METHODS = ["Unary", "ServerStream", "ClientStream", "Bidi"];

test("each of the four call kinds makes one client span and, below it, one server span, in one trace", async () => {
  const client = probeClient(tracing, probe.address);
  await withSpan("all four", async () => {
    await new Promise((resolve) => client.unary({ text: "a", count: 0 }, resolve));
    await new Promise((resolve) =>
      client
        .serverStream({ text: "", count: 0 })
        .on("data", () => {})
        .on("end", resolve),
    );
    await new Promise((resolve) => {
      const call = client.clientStream(resolve);
      call.write({ text: "", count: 1 });
      call.end();
    });
    await new Promise((resolve) => {
      const call = client.bidi();
      call.on("data", () => {}).on("end", resolve);
      call.write({ text: "", count: 1 });
      call.end();
    });
  });
  await intake.until(() => intake.spans.length >= 9, "nine spans");
  client.close();

  const root = intake.spans.find((span) => span.name === "all four");
  expect(new Set(intake.spans.map((span) => span.traceId)).size).toBe(1);
  for (const method of METHODS) {
    const spans = intake.spans.filter((span) => span.name === `probe.v1.ProbeService/${method}`);
    const clientSpan = spans.find((span) => span.kind === 3);
    const serverSpan = spans.find((span) => span.kind === 2);
    expect(spans, method).toHaveLength(2);
    expect(clientSpan?.parentSpanId).toBe(root?.spanId);
    expect(serverSpan?.parentSpanId).toBe(clientSpan?.spanId);
    expect(serverSpan?.attributes).toMatchObject({
      "rpc.grpc.status_code": 0,
      "rpc.status_code": "OK",
      "sentry.op": "rpc.server",
    });
  }
});
