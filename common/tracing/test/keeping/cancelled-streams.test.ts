import { Metadata } from "@grpc/grpc-js";
import { expect, test } from "vitest";
import { firstMessage, openCall } from "../harness/calls.ts";
import { startIntake } from "../harness/intake.ts";
import { probeClient, serveProbe, startTestTracing } from "../harness/probe.ts";
import { callUnary } from "../harness/wire.ts";

test.each(["serverStream", "bidi"] as const)(
  "a %s that is only ever cancelled after its first message: the callee's part of a failed trace arrives",
  async (kind) => {
    const intake = await startIntake();
    const own = await startIntake();
    const caller = startTestTracing(own, { TRACE_SAMPLE_RATE: "0" });
    const callee = startTestTracing(intake, { TRACE_SAMPLE_RATE: "0" });
    const feed = await serveProbe(callee, {
      serverStream: (call) => void call.write({ text: "", count: 1 }),
      bidi: (call) => void call.on("data", () => call.write({ text: "", count: 1 })),
    });
    const client = probeClient(caller, feed.address);
    const seen: string[][] = [];
    const gateway = await serveProbe(caller, {
      async unary(_call, callback) {
        const open = openCall(client, kind, { halfClose: false });
        open.call.on("metadata", (metadata) => seen.push(Object.keys(metadata.getMap())));
        await firstMessage(open);
        open.call.cancel();
        await open.status;
        callback({ code: 13, details: "the quote is too old" });
      },
    });
    const outside = probeClient(undefined, gateway.address);
    await expect(callUnary(outside)).rejects.toMatchObject({ code: 13 });
    await intake.until(() => intake.spans.length === 1, "the callee's span");
    expect(caller.stats().recalls).toMatchObject({ sent: 1, missed: 0 });
    expect(seen.flat()).not.toContain("tracekeep");
    outside.close();
    client.close();
    gateway.stop();
    feed.stop();
    await Promise.all([caller.shutdown(), callee.shutdown()]);
    await Promise.all([own.close(), intake.close()]);
  },
);

test.each([
  { attached: true, says: ["recalls=1"] },
  { attached: false, says: [] },
])("a stream's first metadata says whether recalls are taken (attached: $attached)", async (server) => {
  const intake = await startIntake();
  const tracing = startTestTracing(intake);
  const feed = await serveProbe(
    undefined,
    { serverStream: (call) => void call.write({ text: "", count: 1 }) },
    { interceptors: tracing.serverInterceptors() },
  );
  if (server.attached) tracing.attach(feed.server);
  const client = probeClient(undefined, feed.address);
  const metadata = new Metadata();
  metadata.set("tracekeep", "v=1;asks=1");
  const open = openCall(client, "serverStream", { metadata });
  const first = new Promise<Metadata>((resolve) => open.call.on("metadata", resolve));
  expect((await first).get("tracekeep")).toEqual(server.says);
  open.call.cancel();
  await open.status;
  client.close();
  feed.stop();
  await tracing.shutdown();
  await intake.close();
});
