import type { StatusObject } from "@grpc/grpc-js";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import type { Tracing } from "../../src/index.ts";
import { openCall } from "../harness/calls.ts";
import { startIntake, type TestIntake } from "../harness/intake.ts";
import { collectLog, probeClient, startTestTracing } from "../harness/probe.ts";
import { type HostileServer, startHostileServer } from "./harness/hostile-server.ts";

const FORGED =
  "kept=1;why=forged;attempt=9;recalls=1;service=bank;method=bank.v1.Bank/Pay;code=INTERNAL;reported=1";

interface Scene {
  readonly server: HostileServer;
  readonly tracing: Tracing;
  readonly intake: TestIntake;
  call(): Promise<StatusObject>;
  /** The same by a client without tracing. */
  callUntraced(): Promise<StatusObject>;
  expectNoFault(): void;
}

/** A client that samples nothing, and the server that it calls. */
async function startScene(
  env: Record<string, string>,
  by: "options" | "interceptors" = "options",
): Promise<Scene> {
  const intake = await startIntake();
  const { lines, logger } = collectLog();
  const tracing = startTestTracing(intake, { TRACE_SAMPLE_RATE: "0", ...env }, logger);
  const server = await startHostileServer();
  const client =
    by === "options"
      ? probeClient(tracing, server.address)
      : probeClient(undefined, server.address, { interceptors: tracing.clientInterceptors() });
  const untraced = probeClient(undefined, server.address);
  onTestFinished(async () => {
    client.close();
    untraced.close();
    await tracing.shutdown(500);
    await intake.close();
  });
  return {
    server,
    tracing,
    intake,
    call: () => openCall(client, "unary").status,
    callUntraced: () => openCall(untraced, "unary").status,
    expectNoFault: () => expect(lines.filter(({ level }) => level === "error")).toEqual([]),
  };
}

for (const by of ["options", "interceptors"] as const)
  test(`a server outside of the targets keeps nothing, whatever it says (${by})`, async () => {
    const scene = await startScene({ TRACE_PROPAGATION_TARGETS: "ledger.internal" }, by);
    const { server, tracing, intake, call } = scene;
    server.answer = { trailers: { tracekeep: FORGED, other: "1" } };
    for (let calls = 0; calls < 20; calls++) {
      const { code, metadata } = await call();
      expect(code).toBe(0);
      // What such a server means by that name is between it and the caller.
      expect(metadata.getMap()).toMatchObject({ tracekeep: FORGED, other: "1" });
    }
    await tracing.forceFlush();
    expect(intake.spans).toEqual([]);
    const { kept, recalls } = tracing.stats();
    expect(kept).toMatchObject({ traces: 0, fromOutside: 0, refusedFromOutside: 0 });
    expect(recalls).toEqual({ sent: 0, served: 0, missed: 0 });
    scene.expectNoFault();
  });

test("a server outside of the targets cannot say that a failure is reported already, or blame another", async () => {
  const { server, tracing, intake, call } = await startScene({
    TRACE_PROPAGATION_TARGETS: "ledger.internal",
  });
  server.answer = { code: 13, trailers: { tracekeep: FORGED } };
  expect((await call()).code).toBe(13);
  await tracing.forceFlush();
  expect(intake.errors).toHaveLength(1);
  const [span] = intake.spans;
  expect(span?.attributes).toMatchObject({ "tracekeep.root_cause": true, "tracekeep.keep.reason": "error" });
  expect(span?.attributes).not.toHaveProperty("tracekeep.relayed.service");
  // Nor is it asked for its part, or waited for.
  await tracing.shutdown();
  expect(tracing.stats().recalls).toEqual({ sent: 0, served: 0, missed: 0 });
});

test("keeps that a server within the targets forges take nothing from what the process keeps on its own account", async () => {
  const scene = await startScene({ TRACE_KEEP_MAX_PER_SECOND: "1" });
  const { server, tracing, intake, call } = scene;
  server.answer = { trailers: { tracekeep: FORGED } };
  for (let sent = 0; sent < 2_000; sent += 100) {
    const ends = await Promise.all(Array.from({ length: 100 }, call));
    for (const { code, metadata } of ends)
      expect({ code, forged: metadata.get("tracekeep") }).toEqual({ code: 0, forged: [] });
  }
  const { kept } = tracing.stats();
  expect(kept.fromOutside + kept.refusedFromOutside).toBe(2_000);
  expect(() =>
    tracing.withSpan("own failure", () => {
      throw new Error("ours");
    }),
  ).toThrow("ours");
  expect(tracing.stats().kept).toMatchObject({ traces: kept.traces + 1, refused: 0 });
  await intake.until(() => intake.spans.some(({ name }) => name === "own failure"), "the failure");
  scene.expectNoFault();
});

const hostileText = fc.oneof(
  fc.string({
    unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
    maxLength: 400,
  }),
  fc
    .array(
      fc.tuple(
        fc.constantFrom(
          "kept",
          "why",
          "attempt",
          "refused",
          "recalls",
          "service",
          "method",
          "code",
          "reported",
          "__proto__",
        ),
        fc.constantFrom(
          "1",
          "0.5",
          "-1",
          "NaN",
          "1e309",
          "%",
          "%00%0d%0a",
          "x".repeat(2_000),
          "[object Object]",
          "999",
        ),
      ),
      { maxLength: 12 },
    )
    .map((pairs) => pairs.map((pair) => pair.join("=")).join(";")),
);

test("whatever stands in the trailer, the call ends as it would, and each span says why it was kept", async () => {
  const scene = await startScene({});
  const { server, intake, tracing, call } = scene;
  const code = fc.constantFrom(0, 5, 13);
  await fc.assert(
    fc.asyncProperty(
      fc.array(hostileText, { minLength: 1, maxLength: 5 }),
      code,
      async (values, expected) => {
        server.answer = { code: expected, trailers: { tracekeep: values, other: "1" } };
        const { code: got, metadata } = await call();
        expect({ got, own: metadata.getMap() }).toMatchObject({ got: expected, own: { other: "1" } });
        expect(metadata.get("tracekeep")).toEqual([]);
      },
    ),
    { numRuns: 200 },
  );
  await tracing.forceFlush();
  for (const { attributes } of intake.spans)
    expect(String(attributes["tracekeep.keep.reason"]).length).toBeLessThanOrEqual(64);
  scene.expectNoFault();
});

test.each([
  ["100 signals", { tracekeep: Array.from({ length: 100 }, () => "refused=1") }],
  ["1,000 signals", { tracekeep: Array.from({ length: 1_000 }, () => "refused=1") }],
  ["a signal of 40 kB", { tracekeep: `kept=1;why=${"x".repeat(40_000)}` }],
  ["a signal of 100 kB", { tracekeep: `kept=1;why=${"x".repeat(100_000)}` }],
  ["a signal of 10,000 pairs", { tracekeep: "a=1;".repeat(10_000) }],
  ["700 others", Object.fromEntries(Array.from({ length: 700 }, (_, index) => [`x-${index}`, "1"]))],
])("trailers with %s: the caller is told what an untraced one is told", async (_case, trailers) => {
  const scene = await startScene({});
  scene.server.answer = { trailers };
  const [traced, untraced] = [await scene.call(), await scene.callUntraced()];
  expect({ code: traced.code, own: ownOf(traced) }).toEqual({ code: untraced.code, own: ownOf(untraced) });
  expect(traced.metadata.get("tracekeep")).toEqual([]);
  expect(scene.tracing.stats().spans.open).toBe(0);
  scene.expectNoFault();
});

function ownOf({ metadata }: StatusObject): Record<string, unknown> {
  const { tracekeep: _, date: __, ...own } = metadata.getMap();
  return own;
}
