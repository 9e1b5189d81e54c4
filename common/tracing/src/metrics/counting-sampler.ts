import type { HeadSampler } from "../sampling/index.ts";

/** What was decided of the traces whose sampling is this process's to decide. */
export interface SamplingCounts {
  decided: number;
  sampled: number;
  /** How many should be: the sum of their rates. */
  expected: number;
}

export function createSamplingCounts(): SamplingCounts {
  return { decided: 0, sampled: 0, expected: 0 };
}

/** Counts what a sampler decides; only used where somebody reads it. */
export function countingSampler(sampler: HeadSampler, counts: SamplingCounts): HeadSampler {
  return {
    decide(traceId, rate, foreseeable) {
      const decision = sampler.decide(traceId, rate, foreseeable);
      counts.decided++;
      counts.expected += decision.probability;
      if (decision.sampled) counts.sampled++;
      return decision;
    },
  };
}
