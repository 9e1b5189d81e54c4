import type { Logger } from "../logger.ts";
import type { HeadSampler } from "./head-sampler.ts";

/**
 * Writes a line at debug for each decision that is made here. A logger whose debug level is off, or that does not say,
 * costs nothing: the sampler stays what it is.
 */
export function loggedSampler(sampler: HeadSampler, logger: Logger): HeadSampler {
  if (logger.isLevelEnabled?.("debug") !== true) return sampler;
  return {
    decide(traceId, rate, foreseeable) {
      const decision = sampler.decide(traceId, rate, foreseeable);
      const fields = {
        event: "tracekeep.sampling.decision",
        traceId,
        sampled: decision.sampled,
        rate: decision.probability,
        draw: decision.draw,
      };
      logger.debug(fields, decision.sampled ? "A trace is sampled." : "A trace is not sampled.");
      return decision;
    },
  };
}
