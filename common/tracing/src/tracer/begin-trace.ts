import { type SpanContext, TraceFlags } from "@opentelemetry/api";
import { type SamplingContextFacts, withProbability } from "../propagation/index.ts";
import type { HeadSampler } from "../sampling/index.ts";
import { type LocalTrace, newTraceId, type RemoteParent } from "../spans/index.ts";

/** What a trace begins from in this process. */
export interface TraceEntry {
  /** The span above, in another process or of another SDK in this one; undefined for a new trace. */
  readonly parent: SpanContext | undefined;
  readonly remote: RemoteParent | undefined;
  /** The sampling rate of the method, if a rule has one. */
  readonly rate: number | undefined;
  /** Name of the first span. */
  readonly name: string;
}

export type BeginTrace = (entry: TraceEntry) => LocalTrace;

/** Compiles the beginning of traces: a decision that was made above is followed, an open one is made here. */
export function createBeginTrace(
  sampler: HeadSampler,
  writeSamplingContext: (facts: SamplingContextFacts) => string,
): BeginTrace {
  return ({ parent, remote, rate, name }) => {
    const traceId = parent?.traceId ?? newTraceId();
    const decided = decisionAbove(parent, remote);
    if (decided !== undefined) return follow(traceId, decided, remote, parent, writeSamplingContext);
    const { sampled, probability, draw } = sampler.decide(traceId, rate, remote?.untrusted !== true);
    const traceState = remote?.traceState ?? "";
    return {
      traceId,
      sampled,
      failures: {},
      probability: sampled ? probability : undefined,
      traceState: sampled ? withProbability(traceState, probability) : traceState,
      samplingContext:
        remote?.samplingContext ??
        writeSamplingContext({ traceId, sampled, probability, draw, transaction: name }),
    };
  };
}

function decisionAbove(
  parent: SpanContext | undefined,
  remote: RemoteParent | undefined,
): boolean | undefined {
  if (remote !== undefined) return remote.sampled;
  return parent === undefined ? undefined : (parent.traceFlags & TraceFlags.SAMPLED) === TraceFlags.SAMPLED;
}

function follow(
  traceId: string,
  sampled: boolean,
  remote: RemoteParent | undefined,
  parent: SpanContext | undefined,
  writeSamplingContext: (facts: SamplingContextFacts) => string,
): LocalTrace {
  const probability = remote?.probability;
  return {
    traceId,
    sampled,
    failures: {},
    probability,
    traceState: remote?.traceState ?? parent?.traceState?.serialize() ?? "",
    samplingContext: remote?.samplingContext ?? writeSamplingContext({ traceId, sampled, probability }),
  };
}
