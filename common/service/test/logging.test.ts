import { once } from "node:events";
import { join } from "node:path";
import { credentials, Metadata } from "@grpc/grpc-js";
import { ProbeServiceClient } from "@tracekeep/proto/probe/v1";
import { expect, onTestFinished, test } from "vitest";
import { startService } from "../src/testing/index.ts";

const main = join(import.meta.dirname, "fixtures/bakery.ts");

test("under two streams at once every log line carries the trace of its own call", async () => {
  const bakery = await startService(main, {});
  const client = new ProbeServiceClient(bakery.address, credentials.createInsecure());
  onTestFinished(async () => {
    client.close();
    await bakery[Symbol.asyncDispose]();
  });
  const traceIds = ["4bf92f3577b34da6a3ce929d0e0e4736", "0af7651916cd43dd8448eb211c80319c"];
  const calls = traceIds.map((traceId) => {
    const metadata = new Metadata();
    metadata.set("traceparent", `00-${traceId}-00f067aa0ba902b7-01`);
    return client.bidi(metadata);
  });
  for (let loaf = 1; loaf <= 3; loaf++) {
    for (const [number, call] of calls.entries()) call.write({ text: `${number}`, count: loaf });
    await Promise.all(calls.map((call) => once(call, "data")));
  }
  for (const call of calls) call.end();
  await Promise.all(calls.map((call) => once(call, "status")));

  const baked = bakery.lines.filter(({ msg }) => msg === "baked");
  expect(baked).toHaveLength(6);
  for (const { loaf, trace_id } of baked) expect(trace_id).toBe(traceIds[Number(loaf)]);
  expect(new Set(baked.map(({ span_id }) => span_id)).size).toBe(6);
});
