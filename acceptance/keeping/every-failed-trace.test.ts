import { expect, onTestFinished, test } from "vitest";
import { SHARED_KEY, traceDraw } from "../../common/tracing/src/sampling/index.ts";
import { type ArrivedSpan, startIntake } from "../../common/tracing/test/harness/intake.ts";
import { SERVICES, startChain } from "./harness/chain.ts";
import { Caller, type PlannedRequest, planRequests } from "./harness/requests.ts";
import { drawTrace, tracesOf } from "./harness/traces.ts";

const RATE = 0.01;
/** Well below what the services can take. */
const AT_A_TIME = 50;

/** Makes the requests; the result is what has arrived when all is sent. */
async function arrivalsOf(requests: readonly PlannedRequest[], sampleRate: number) {
  const intake = await startIntake();
  onTestFinished(() => intake.close());
  await using chain = await startChain({ SENTRY_DSN: intake.dsn, TRACE_SAMPLE_RATE: String(sampleRate) });
  using caller = new Caller(chain.gatewayAddress);
  await caller.makeAll(requests, AT_A_TIME);
  const states = await chain.flush();
  return { traces: tracesOf(intake.spans), errors: intake.errors, states };
}

const isSampled = ({ traceId }: PlannedRequest) => traceDraw(traceId, SHARED_KEY) < RATE;
const idsOf = (requests: readonly PlannedRequest[]) => requests.map(({ traceId }) => traceId).sort();
const weightsOf = (spans: readonly ArrivedSpan[]) => [
  ...new Set(spans.map(({ attributes }) => attributes["sentry.client_sample_rate"])),
];

test("at 1 % every failed trace arrives whole from all services, and beyond the sampled ones nothing else", async () => {
  const requests = planRequests("every failed trace", 10_000, 1);
  const failed = requests.filter(({ fails }) => fails);
  const expected = requests.filter((request) => request.fails || isSampled(request));
  // Some of each kind, so that the one does not hide the other.
  expect(failed).toHaveLength(100);
  expect(failed.filter(isSampled).length).toBeLessThan(10);
  expect(expected.length).toBeGreaterThan(150);

  const oneOfEach = planRequests("one of each kind", 2, 1).map((request, index) => ({
    ...request,
    fails: index === 0,
  }));
  const all = await arrivalsOf(oneOfEach, 1);
  const [whenFailed = "", whenDone = ""] = oneOfEach.map(({ traceId }) =>
    drawTrace(all.traces.get(traceId) ?? []),
  );
  for (const service of SERVICES) {
    expect(whenFailed).toContain(service);
    expect(whenDone).toContain(service);
  }

  const { traces, errors, states } = await arrivalsOf(requests, RATE);
  expect([...traces.keys()].sort()).toEqual(idsOf(expected));
  for (const request of expected) {
    const { traceId, fails } = request;
    const spans = traces.get(traceId) ?? [];
    expect(drawTrace(spans), traceId).toBe(fails ? whenFailed : whenDone);
    // A failed one stands for itself alone, so that counts are true. One that was sampled, too, may be late for
    // that on a slow machine: its spans wait for a second only.
    if (!(fails && isSampled(request))) expect(weightsOf(spans), traceId).toEqual([fails ? 1 : RATE]);
  }
  // One issue a failure.
  expect(errors.map(({ contexts }) => contexts.trace.trace_id).sort()).toEqual(idsOf(failed));
  for (const { tracing } of Object.values(states)) {
    expect(tracing.recalls.missed).toBe(0);
    expect(tracing.spans.open).toBe(0);
  }
}, 600_000);
