import { randomInt } from "node:crypto";
import { TracekeepError } from "../tracekeep-error.ts";
import { type HashKey, SHARED_KEY, traceDraw } from "./trace-hash.ts";

/** The decision on a trace that is this process's to make. */
export interface HeadDecision {
  readonly sampled: boolean;
  /** The rate it was made with, 0 to 1. */
  readonly probability: number;
  /** Where the trace stands between 0 and 1; it is sampled if that lies below the rate. */
  readonly draw: number;
}

export interface HeadSampler {
  /**
   * @param rate the method's own rate; undefined for the general one.
   * @param foreseeable false at an edge whose callers choose the trace id.
   */
  decide(traceId: string, rate: number | undefined, foreseeable: boolean): HeadDecision;
}

/**
 * Samples a fixed share of the traces by their id, so that the same trace gets the same answer every
 * time and in every process; ids from untrusted callers are drawn with a key of this process alone.
 *
 * @throws TracekeepError `INVALID_CONFIG` for a rate outside 0 to 1.
 */
export function createHeadSampler(sampleRate: number, privateKey: HashKey = randomKey()): HeadSampler {
  if (!(sampleRate >= 0 && sampleRate <= 1)) {
    throw new TracekeepError(
      "INVALID_CONFIG",
      `The sample rate is ${sampleRate}; it must be a number from 0 to 1.`,
    );
  }
  return {
    decide(traceId, rate, foreseeable) {
      const probability = rate ?? sampleRate;
      const draw = traceDraw(traceId, foreseeable ? SHARED_KEY : privateKey);
      return { sampled: draw < probability, probability, draw };
    },
  };
}

function randomKey(): HashKey {
  return [randomInt(2 ** 32), randomInt(2 ** 32)];
}
