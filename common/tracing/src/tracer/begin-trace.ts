import { type Context, type SpanContext, TraceFlags } from "@opentelemetry/api";
import { type SamplingContextFacts, withProbability } from "../propagation/index.ts";
import { type HeadSampler, toRandomness } from "../sampling/index.ts";
import { LocalTrace, newTraceId, type RemoteParent } from "../spans/index.ts";
import type { TenantBlockOf } from "./tenant-blocks.ts";

/** What a trace begins from in this process. */
export interface TraceEntry {
  /** The span above, in another process or of another SDK in this one; undefined for a new trace. */
  readonly parent: SpanContext | undefined;
  readonly remote: RemoteParent | undefined;
  /** The sampling rate of the method, if a rule has one. */
  readonly rate: number | undefined;
  /** Name of the first span. */
  readonly name: string;
  /** In which it begins. */
  readonly context: Context;
}

export type BeginTrace = (entry: TraceEntry) => LocalTrace;

/** Compiles the beginning of traces: a decision that was made above is followed, an open one is made here. */
export function createBeginTrace(
  sampler: HeadSampler,
  writeSamplingContext: (facts: SamplingContextFacts) => string,
  tenantBlockOf: TenantBlockOf | undefined,
): BeginTrace {
  const stateOf = createTraceStates();
  return ({ parent, remote, rate, name, context }) => {
    const traceId = parent?.traceId ?? newTraceId();
    const keepId = remote?.keepId;
    const tenant = tenantBlockOf?.(context);
    const above = decisionAbove(parent, remote);
    if (above !== undefined) {
      return new LocalTrace({
        traceId,
        sampled: above,
        // Of no use for what is not sampled, and it may have to be looked for.
        probability: above ? remote?.probability : undefined,
        traceState: remote?.traceState ?? parent?.traceState?.serialize() ?? "",
        samplingContext: () =>
          remote?.samplingContext ??
          writeSamplingContext({ traceId, sampled: above, probability: remote?.probability }),
        keepId,
        isDecidedAbove: true,
        tenant,
      });
    }
    const { sampled, probability, draw } = sampler.decide(traceId, rate, remote?.untrusted !== true);
    return new LocalTrace({
      traceId,
      sampled,
      probability: sampled ? probability : undefined,
      traceState: sampled ? stateOf(remote?.traceState ?? "", probability, draw) : (remote?.traceState ?? ""),
      samplingContext: () =>
        remote?.samplingContext ??
        writeSamplingContext({ traceId, sampled, probability, draw, transaction: name }),
      keepId,
      isDecidedAbove: false,
      tenant,
    });
  };
}

function decisionAbove(
  parent: SpanContext | undefined,
  remote: RemoteParent | undefined,
): boolean | undefined {
  if (remote !== undefined) return remote.sampled;
  return parent === undefined ? undefined : (parent.traceFlags & TraceFlags.SAMPLED) === TraceFlags.SAMPLED;
}

/** `tracestate` of traces that begin here. */
function createTraceStates(): (traceState: string, probability: number, draw: number) => string {
  const all = withProbability("", 1);
  return (traceState, probability, draw) => {
    if (traceState !== "") return withProbability(traceState, probability);
    // Where all are sampled, no draw can contradict.
    return probability === 1 ? all : withProbability(`ot=rv:${toRandomness(draw)}`, probability);
  };
}
