import { expect, onTestFinished, test } from "vitest";
import { SHARED_KEY, traceDraw } from "../../common/tracing/src/sampling/index.ts";
import { type ArrivedSpan, startIntake } from "../../common/tracing/test/harness/intake.ts";
import { type Chain, SERVICES, type ServiceName, startChain } from "./harness/chain.ts";
import { Caller, planRequests } from "./harness/requests.ts";
import type { ServiceState } from "./harness/service.ts";
import { drawTrace, tracesOf } from "./harness/traces.ts";

const REQUESTS = 20_000;
const RATE = 0.01;
const LIMIT = 100;
const RECORD_BYTES = 16_777_216;
const QUEUE_BYTES = 8_388_608;
const PART = 2_000;
/** A young generation as small as in a small container, so that resident memory tells what is held. */
const SMALL_HEAP = "--max-semi-space-size=8 --max-old-space-size=128";
const MOST_RESIDENT = 300e6;

const isSampled = (traceId: string) => traceDraw(traceId, SHARED_KEY) < RATE;
const reasonOf = ({ attributes }: ArrivedSpan) => attributes["tracekeep.keep.reason"];

/** When the trace was decided on: its last hop ends with the failure. */
const decidedAt = (spans: readonly ArrivedSpan[]) =>
  (spans.find(({ resource }) => resource["service.name"] === "treasury")?.end ?? Number.NaN) / 1_000;

/** The most moments that lie within any stretch of that many milliseconds. */
function mostWithin(stretch: number, moments: readonly number[]): number {
  const sorted = moments.toSorted((a, b) => a - b);
  let first = 0;
  return sorted.reduce((most, moment, last) => {
    while (moment - (sorted[first] as number) >= stretch) first++;
    return Math.max(most, last - first + 1);
  }, 0);
}

/** Whole seconds in which at least so many moments lie. */
function secondsWith(least: number, moments: readonly number[]): number {
  const seconds = Map.groupBy(moments, (moment) => Math.floor(moment / 1_000));
  return Array.from(seconds.values()).filter(({ length }) => length >= least).length;
}

/** All requests, with the services asked how they are in between. */
async function storm(chain: Chain) {
  const requests = planRequests("error storm", REQUESTS, 100);
  const failures: number[] = [];
  const during: Record<ServiceName, ServiceState>[] = [];
  using caller = new Caller(chain.gatewayAddress);
  for (let at = 0; at < requests.length; at += PART) {
    await caller.makeAll(requests.slice(at, at + PART), 100, () => failures.push(performance.now()));
    during.push(await chain.states());
  }
  return { requests, failures, during };
}

test("when everything fails, as many traces as the limit allows arrive, each of them whole, and memory stays bounded", async () => {
  const intake = await startIntake();
  onTestFinished(() => intake.close());
  await using chain = await startChain({
    NODE_OPTIONS: SMALL_HEAP,
    SENTRY_DSN: intake.dsn,
    TRACE_SAMPLE_RATE: String(RATE),
    TRACE_KEEP_MAX_PER_SECOND: String(LIMIT),
    TRACE_RECORDER_BYTES: String(RECORD_BYTES),
    TRACE_EXPORT_QUEUE_BYTES: String(QUEUE_BYTES),
  });
  const { requests, failures, during } = await storm(chain);
  const after = await chain.flush();
  const traces = tracesOf(intake.spans);
  const kept = new Map([...traces].filter(([, spans]) => spans.some(reasonOf)));

  // Besides those that are kept, exactly the sampled ones arrive.
  const sampled = requests.map(({ traceId }) => traceId).filter(isSampled);
  expect(new Set(traces.keys())).toEqual(new Set([...kept.keys(), ...sampled]));

  // The limit, of those that would not have arrived anyway: a burst at first, then no more than the same again
  // a second. The windows are half as long as they could be, since a busy machine may let time pass between a
  // decision and the end of its span.
  const beyond = [...kept].filter(([traceId]) => !isSampled(traceId));
  for (const [traceId, spans] of beyond)
    expect(new Set(spans.map(reasonOf)), traceId).toEqual(new Set(["error"]));
  const decisions = beyond.map(([, spans]) => decidedAt(spans));
  const seconds = (Math.max(...decisions) - Math.min(...decisions)) / 1_000;
  expect(mostWithin(500, decisions)).toBeLessThanOrEqual(LIMIT);
  expect(beyond.length).toBeLessThanOrEqual(LIMIT * (seconds + 1));
  // It is used: seconds in which the machine was busy with something else do not count.
  const stormy = secondsWith(2 * LIMIT, failures);
  expect(stormy).toBeGreaterThanOrEqual(2);
  expect(kept.size).toBeGreaterThanOrEqual(0.9 * LIMIT * stormy);

  // All that arrived are whole, and alike.
  const drawings = new Set(Array.from(traces.values(), drawTrace));
  expect(drawings.size).toBe(1);
  for (const service of SERVICES) expect([...drawings][0]).toContain(`${service} server`);

  // What was refused is counted where that was decided; the other services follow, and keep nothing of their own.
  const { gateway, payroll, ledger, treasury } = after;
  const { traces: keptHere, refused } = treasury.tracing.kept;
  expect(keptHere).toBe(kept.size);
  expect(keptHere + refused).toBe(REQUESTS);
  for (const { tracing } of [gateway, payroll, ledger])
    expect(tracing.kept).toMatchObject({ traces: kept.size, fromOutside: kept.size, refused: 0 });
  for (const { tracing } of Object.values(after)) {
    expect(tracing.kept).toMatchObject({ refusedFromOutside: 0, oversized: 0 });
    expect(tracing.recalls.missed).toBe(0);
  }

  // Issues share the limit: at most one of each kept trace, and none of another. They arrive; a few may be lost
  // with a connection, since an issue is not sent twice.
  const reported = intake.errors.map(({ contexts }) => contexts.trace.trace_id);
  expect(new Set(reported).size).toBe(reported.length);
  expect(reported.filter((traceId) => !kept.has(traceId))).toEqual([]);
  const made = Object.values(after).reduce((sum, { tracing }) => sum + tracing.errors.reported, 0);
  expect(reported.length).toBeGreaterThanOrEqual(0.99 * made);
  expect(reported.length).toBeGreaterThanOrEqual(0.9 * beyond.length);
  expect(treasury.tracing.errors.reported + treasury.tracing.errors.dropped).toBe(REQUESTS);

  for (const { tracing, rss } of during.flatMap((states) => Object.values(states))) {
    expect(tracing.record.usedBytes).toBeLessThanOrEqual(RECORD_BYTES);
    for (const { queuedBytes, dropped } of Object.values(tracing.export)) {
      expect(queuedBytes).toBeLessThanOrEqual(QUEUE_BYTES);
      expect(Object.values(dropped).every((count) => count === 0)).toBe(true);
    }
    expect(rss).toBeLessThan(MOST_RESIDENT);
  }
}, 600_000);
