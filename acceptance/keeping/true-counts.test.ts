import { expect, onTestFinished, test } from "vitest";
import { SHARED_KEY, traceDraw } from "../../common/tracing/src/sampling/index.ts";
import { startIntake } from "../../common/tracing/test/harness/intake.ts";
import { startChain } from "./harness/chain.ts";
import { estimateCounts, idealCounts, trueCounts } from "./harness/counts.ts";
import { Caller, planRequests } from "./harness/requests.ts";

const RATE = 0.1;
const REQUESTS = 3_000;
/** Few: no request may take so long that sampled spans leave before it fails, a second later. */
const AT_A_TIME = 10;

test.each([1, 30])(
  "where %d in a hundred requests fail, counts made of the arrived spans are true by method and status",
  async (failing) => {
    const intake = await startIntake();
    onTestFinished(() => intake.close());
    const requests = planRequests(`counts with ${failing} % failures`, REQUESTS, failing);
    await using chain = await startChain({
      SENTRY_DSN: intake.dsn,
      TRACE_SAMPLE_RATE: String(RATE),
      TRACE_KEEP_MAX_PER_SECOND: "100000",
    });
    using caller = new Caller(chain.gatewayAddress);
    await caller.makeAll(requests, AT_A_TIME);
    await chain.flush();

    const estimates = estimateCounts(intake.spans);
    const ideal = idealCounts(requests, RATE, (traceId) => traceDraw(traceId, SHARED_KEY) < RATE);
    for (const [key, truth] of trueCounts(requests)) {
      const estimate = estimates.get(key) ?? 0;
      // The weights add nothing to the chance of which traces are sampled, known here since the ids are.
      expect(estimate, key).toBeCloseTo(ideal.get(key) ?? Number.NaN, 6);
      expect(Math.abs(estimate / truth - 1), key).toBeLessThan(0.2);
    }
  },
  600_000,
);
