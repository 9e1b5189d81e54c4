import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { startService } from "@tracekeep/service/testing";
import { expect, onTestFinished, test } from "vitest";
import { type Child, startChild } from "../../bench/processes/child.ts";
import { startIntake, type TestIntake } from "../../common/tracing/test/harness/intake.ts";
import { type CallKind, Load, SPANS_A_TRACE } from "./harness/load.ts";
import type { ServiceQuestion, ServiceReady, ServiceState } from "./harness/service.ts";

const STOPPABLE = fileURLToPath(new URL("./harness/stoppable-service.ts", import.meta.url));
const ROUND_MS = 10;
const SETTINGS = { TRACE_SAMPLE_RATE: "0", TRACE_KEEP_MAX_PER_SECOND: "10000" };
/** More than any test takes: the load ends with the service. */
const ROUNDS = 10_000;

async function startTestIntake(): Promise<TestIntake> {
  const intake = await startIntake();
  onTestFinished(() => intake.close());
  return intake;
}

/** The ids of traces of this kind that were answered. */
function answered(load: Load, kind: CallKind): string[] {
  return load.answered.filter((traceId) => load.kinds.get(traceId) === kind);
}

/** How many spans of each trace arrived, each counted as often as it did. */
function spansByTrace({ spans }: TestIntake): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { traceId } of spans) counts.set(traceId, (counts.get(traceId) ?? 0) + 1);
  return counts;
}

test("SIGTERM under load loses no trace that was kept or sampled, of all calls that were answered", async () => {
  const intake = await startTestIntake();
  await using service = await startService(STOPPABLE, {
    SENTRY_DSN: intake.dsn,
    ...SETTINGS,
    // What arrives in time has been flushed.
    TRACE_EXPORT_INTERVAL_MS: "60000",
    LOG_LEVEL: "info",
  });
  using load = new Load(service.address);
  const stopped = load.runUntilRefused(ROUNDS, ROUND_MS);
  while (answered(load, "kept").length < 50) await delay(10);
  expect(await service.stop("SIGTERM")).toBe(0);
  await stopped;

  const counts = spansByTrace(intake);
  const due = [...answered(load, "kept"), ...answered(load, "sampled")];
  expect(answered(load, "kept").length).toBeGreaterThanOrEqual(50);
  expect(due.filter((traceId) => counts.get(traceId) !== SPANS_A_TRACE)).toEqual([]);
  expect(service.lines.map(({ msg }) => String(msg))).not.toContainEqual(expect.stringContaining("lost"));
});

/** Asks the service how it is until the condition holds. */
async function stateWhen(
  service: Child<ServiceReady>,
  condition: (state: ServiceState) => boolean,
): Promise<ServiceState> {
  for (;;) {
    const state = await service.ask<ServiceState>("state" satisfies ServiceQuestion);
    if (condition(state)) return state;
  }
}

test("SIGKILL loses at most what waits to be sent: kept traces in the queue, sampled ones in the record, too", async () => {
  const intake = await startTestIntake();
  await using service = await startChild<ServiceReady>(new URL("./harness/service.ts", import.meta.url), {
    name: "service to be killed",
    env: { ...SETTINGS, SENTRY_DSN: intake.dsn, TRACE_EXPORT_INTERVAL_MS: "500" },
  });
  using load = new Load(service.ready.address);
  await load.run(50, ROUND_MS);
  const earlier = answered(load, "kept");
  await stateWhen(service, (state) => state.exported >= load.expectedSpans && state.export.queuedSpans === 0);

  const stopped = load.runUntilRefused(ROUNDS, ROUND_MS);
  // What waits now is what a crash loses.
  const last = await stateWhen(service, (state) => state.export.queuedSpans >= 20);
  process.kill(service.ready.pid, "SIGKILL");
  await stopped;

  const counts = spansByTrace(intake);
  const lost = answered(load, "kept").filter((traceId) => !counts.has(traceId));
  expect(lost.length).toBeGreaterThan(0);
  expect(earlier).toHaveLength(50);
  expect(earlier.filter((traceId) => counts.get(traceId) !== SPANS_A_TRACE)).toEqual([]);
  // Everything that was sent has arrived, and nothing twice.
  expect(intake.spans.length).toBeGreaterThanOrEqual(last.export.sent);
  expect(new Set(intake.spans.map(({ spanId }) => spanId)).size).toBe(intake.spans.length);
});
