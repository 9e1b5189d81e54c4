import type { Metadata } from "@grpc/grpc-js";
import { context } from "@opentelemetry/api";
import { suppressTracing } from "@opentelemetry/core";
import { expect, onTestFinished, test } from "vitest";
import { openCall } from "../harness/calls.ts";
import { startIntake } from "../harness/intake.ts";
import { probeClient, serveProbe, startTestTracing } from "../harness/probe.ts";
import { metadataOf } from "../harness/wire.ts";

const ID = "0af7651916cd43dd8448eb211c80319c";
/** What a stranger sends to an edge whose handler passes its caller's metadata on. */
const FORGED = {
  traceparent: `00-${ID}-b7ad6b7169203331-01`,
  tracestate: "ot=th:ffff,stranger=1",
  "sentry-trace": `${ID}-b7ad6b7169203331-1`,
  "grpc-previous-rpc-attempts": "3",
};

/** Makes the stranger's call; the result is what the service behind the edge gets, and what is kept and sent. */
async function passOn(settings: Record<string, string>) {
  const intake = await startIntake();
  const edge = startTestTracing(intake, { TRACE_SAMPLE_RATE: "0", ...settings });
  const inner = startTestTracing(intake, { TRACE_SAMPLE_RATE: "0" });
  const { promise: seen, resolve } = Promise.withResolvers<Metadata>();
  const behind = await serveProbe(inner, {
    unary(call, callback) {
      resolve(call.metadata);
      callback(null, call.request);
    },
  });
  const onward = probeClient(edge, behind.address);
  const front = await serveProbe(edge, {
    unary: (call, callback) => void onward.unary(call.request, call.metadata, callback),
  });
  const stranger = probeClient(undefined, front.address);
  onTestFinished(async () => {
    stranger.close();
    onward.close();
    front.stop();
    behind.stop();
    await Promise.all([edge.shutdown(500), inner.shutdown(500)]);
    await intake.close();
  });
  await openCall(stranger, "unary", { metadata: metadataOf(FORGED) }).status;
  await Promise.all([edge.forceFlush(), inner.forceFlush()]);
  const kept = [edge, inner].map((tracing) => tracing.stats().kept.traces);
  return { seen: await seen, kept, sent: intake.spans.length };
}

test.each(["ids", "none"])(
  "META-10: trust %s: metadata that a handler passes on keeps no trace",
  async (trust) => {
    const { seen, kept, sent } = await passOn({ TRACE_TRUST_REMOTE: trust });
    expect(seen.get("grpc-previous-rpc-attempts")).toEqual([]);
    expect(seen.get("tracestate")).toEqual([]);
    expect(kept).toEqual([0, 0]);
    expect(sent).toBe(0);
  },
);

test.each(["ids", "none"])(
  "META-10: trust %s: nor has it a trace sampled through a method that is never traced",
  async (trust) => {
    const { seen, sent } = await passOn({ TRACE_TRUST_REMOTE: trust, TRACE_METHOD_RULES: "probe.*=never" });
    expect(seen.get("traceparent")).toEqual([]);
    expect(seen.get("tracestate")).toEqual([]);
    expect(seen.get("sentry-trace")).toEqual(trust === "ids" ? [`${ID}-b7ad6b7169203331`] : []);
    expect(sent).toBe(0);
  },
);

test("a signal that is passed on where tracing is suppressed is answered with none", async () => {
  const intake = await startIntake();
  const tracing = startTestTracing(intake);
  const probe = await serveProbe(tracing, { unary: (call, callback) => callback(null, call.request) });
  const client = probeClient(tracing, probe.address);
  const metadata = metadataOf({ tracekeep: "v=1;asks=1" });
  const received: Metadata[] = [];
  await context.with(suppressTracing(context.active()), async () => {
    const { call, status } = openCall(client, "unary", { metadata });
    call.on("metadata", (first) => received.push(first));
    received.push((await status).metadata);
  });
  expect(received.map((each) => each.get("tracekeep"))).toEqual([[], []]);
  expect(metadata.get("tracekeep")).toHaveLength(1);
  client.close();
  probe.stop();
  await tracing.shutdown();
  await intake.close();
});
