import { status as Status } from "@grpc/grpc-js";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Tracing } from "../../src/index.ts";
import { openCall } from "../harness/calls.ts";
import { startIntake, type TestIntake } from "../harness/intake.ts";
import { type ProbeHandlers, probeClient, serveProbe, startTestTracing } from "../harness/probe.ts";
import { metadataOf } from "../harness/wire.ts";

const ID = "0af7651916cd43dd8448eb211c80319c";
/** What one of ours would send that keeps the trace. */
const FORGED = metadataOf({
  traceparent: `00-${ID}-b7ad6b7169203331-01`,
  tracekeep: `v=1;reports=1;asks=1;kept=1;why=mine;id=${ID}`,
  "grpc-previous-rpc-attempts": "5",
});

interface Edge {
  readonly intake: TestIntake;
  readonly tracing: Tracing;
  /** A client's call with forged signals: its status, and whether it was told anything. */
  call(deadlineMs?: number): Promise<{ readonly code: number; readonly told: boolean }>;
}

async function startEdge(trust: string, unary: NonNullable<ProbeHandlers["unary"]>): Promise<Edge> {
  const intake = await startIntake();
  const tracing = startTestTracing(intake, {
    TRACE_TRUST_REMOTE: trust,
    TRACE_SAMPLE_RATE: "0",
    // A kept trace and its issue share one place.
    TRACE_KEEP_MAX_PER_SECOND: "1",
  });
  const probe = await serveProbe(tracing, { unary });
  const client = probeClient(undefined, probe.address);
  onTestFinished(async () => {
    client.close();
    probe.stop();
    await tracing.shutdown(500);
    await intake.close();
  });
  return {
    intake,
    tracing,
    async call(deadlineMs = 10_000) {
      const options = { deadline: Date.now() + deadlineMs };
      const { code, metadata } = await openCall(client, "unary", { metadata: FORGED, options }).status;
      return { code, told: metadata.get("tracekeep").length > 0 };
    },
  };
}

test("the forged signals are those that a trusted caller keeps a trace with", async () => {
  const { intake, tracing, call } = await startEdge("all", (call, callback) => callback(null, call.request));
  expect(await call()).toEqual({ code: 0, told: true });
  await tracing.forceFlush();
  expect(intake.spans).toHaveLength(1);
  expect(tracing.stats().kept.fromOutside).toBe(1);
});

describe.each(["ids", "none"])("at an edge with trust %s", (trust) => {
  test("a client cannot have its trace kept by saying so, and is told nothing", async () => {
    const { intake, tracing, call } = await startEdge(trust, (call, callback) =>
      callback(null, call.request),
    );
    for (let calls = 0; calls < 50; calls++) {
      expect(await call()).toEqual({ code: 0, told: false });
    }
    await tracing.forceFlush();
    expect(intake.spans).toEqual([]);
    expect(tracing.stats().kept).toMatchObject({ traces: 0, fromOutside: 0, refusedFromOutside: 0 });
  });

  test("a failure is kept and reported here, whatever the client says of reporting it, and it is not told", async () => {
    const { intake, tracing, call } = await startEdge(trust, (_call, callback) =>
      callback({ code: Status.INTERNAL, details: "broken" }),
    );
    expect(await call()).toEqual({ code: Status.INTERNAL, told: false });
    await tracing.forceFlush();
    expect(intake.spans).toHaveLength(1);
    expect(intake.spans[0]?.attributes["tracekeep.keep.reason"]).toBe("error");
    expect(intake.errors).toHaveLength(1);
  });

  test("a passed deadline is reported here, too", async () => {
    const { intake, call } = await startEdge(trust, () => {});
    expect((await call(50)).code).toBe(Status.DEADLINE_EXCEEDED);
    await intake.until(() => intake.errors.length === 1, "the issue");
  });
});
