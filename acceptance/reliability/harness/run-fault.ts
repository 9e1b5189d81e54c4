import { setTimeout as delay } from "node:timers/promises";
import type { DropReason } from "tracekeep";
import { type Child, startChild } from "../../../bench/processes/child.ts";
import type { ArrivedSpan } from "../../../common/tracing/test/harness/intake.ts";
import { type Fault, type Healing, ROUND_MS, ROUNDS, ROUNDS_AFTER } from "../faults.ts";
import { makeCertificates } from "./certificates.ts";
import { Endpoint } from "./endpoint.ts";
import { type CallKind, Load, SPANS_A_TRACE } from "./load.ts";
import type { ServiceQuestion, ServiceReady, ServiceState } from "./service.ts";
import { TrustFile } from "./trust-file.ts";

const SERVICE = new URL("./service.ts", import.meta.url);
const POLL_MS = 50;
/** A run that takes longer does not come to an end: what it has come to then is judged. */
const LIMIT_MS = 30_000;

/** The head samples nothing: callers say what is sampled. */
const USUAL = {
  TRACE_SAMPLE_RATE: "0",
  TRACE_EXPORT_INTERVAL_MS: "100",
  TRACE_EXPORT_TIMEOUT_MS: "5000",
};
/** Traces a round that leave the service: a kept and a sampled one. */
const BOTH_KINDS = 2;

/** What a run has come to. */
export interface Measured {
  /** Spans that arrived, each counted once. */
  readonly kept: number;
  readonly sampled: number;
  /** Spans that arrived again, and those of traces that were neither kept nor sampled. */
  readonly repeated: number;
  readonly uncalledFor: number;
  readonly dropped: Readonly<Record<DropReason, number>>;
  /** Spans handed to the exporter that were neither sent nor counted as dropped. */
  readonly unaccounted: number;
  readonly calls: { readonly made: number; readonly answered: number };
  /** Of calls while the fault lasted, in milliseconds. */
  readonly medianLatency: number;
  readonly mostQueuedBytes: number;
  readonly queueBytes: number;
  readonly warnings: readonly string[];
  /** The shortest pause after a faulty answer, in milliseconds; undefined if there was none. */
  readonly leastPauseMs: number | undefined;
}

type Service = Child<ServiceReady>;

/** Runs a service under a steady load against an endpoint that misbehaves, and then is healed. */
export async function runFault(fault: Fault): Promise<Measured> {
  const { behaviour, heals, rounds = ROUNDS, noteLength = 0, fatLength = 0 } = fault;
  const kinds = new Map<string, CallKind>();
  const certificates = behaviour.kind === "certificate" ? makeCertificates() : undefined;
  await using endpoint = await Endpoint.start(
    behaviour,
    ({ traceId }) => kinds.get(traceId) === "kept",
    certificates,
  );
  using trusted = new TrustFile(certificates?.ca);
  await using service = await startChild<ServiceReady>(SERVICE, {
    name: fault.name,
    env: { ...USUAL, ...trusted.env, SENTRY_DSN: endpoint.dsn, ...fault.env },
  });
  using load = new Load(service.ready.address, kinds);

  const healed = heal(heals, endpoint, service, BOTH_KINDS * SPANS_A_TRACE * rounds);
  await load.run(rounds, ROUND_MS, noteLength);
  if (fatLength > 0) await load.call("kept", fatLength);
  const medianLatency = median(load.latencies);
  await healed;
  const isOffered = ({ exported }: ServiceState): boolean => exported >= load.expectedSpans;
  const isDone = (state: ServiceState): boolean => isOffered(state) && finished(state) >= load.expectedSpans;
  const isLost = (state: ServiceState): boolean => isOffered(state) && state.export.batches.failed > 0;
  await until(service, heals === "never" ? isLost : isDone);
  if (heals !== "never") {
    await load.run(ROUNDS_AFTER, ROUND_MS, noteLength);
    await until(service, isDone);
  }
  const state = await service.ask<ServiceState>("shutdown" satisfies ServiceQuestion);
  return {
    ...arrivals(endpoint.spans, kinds),
    dropped: state.export.dropped,
    unaccounted: state.exported - finished(state),
    calls: { made: kinds.size, answered: load.answered.length },
    medianLatency,
    mostQueuedBytes: state.mostQueuedBytes,
    queueBytes: service.ready.queueBytes,
    warnings: state.warnings,
    leastPauseMs: endpoint.pauses.length === 0 ? undefined : Math.min(...endpoint.pauses),
  };
}

/** Heals the endpoint when it is time. */
async function heal(heals: Healing, endpoint: Endpoint, service: Service, offered: number): Promise<void> {
  if (heals === "never" || heals === "stays") return;
  if (heals === "when all is offered") await until(service, ({ exported }) => exported >= offered);
  else if ("afterMs" in heals) await delay(heals.afterMs);
  else if ("afterRequests" in heals) await until(service, () => endpoint.faults >= heals.afterRequests);
  else if ("afterFailures" in heals)
    await until(service, (state) => state.export.batches.failed >= heals.afterFailures);
  else await until(service, (state) => sumDropped(state) >= heals.afterDropped);
  await endpoint.heal();
}

/** Resolves when the condition holds, or when the limit is over. */
async function until(service: Service, condition: (state: ServiceState) => boolean): Promise<void> {
  const deadline = performance.now() + LIMIT_MS;
  while (performance.now() < deadline) {
    if (condition(await service.ask<ServiceState>("state" satisfies ServiceQuestion))) return;
    await delay(POLL_MS);
  }
}

function sumDropped({ export: { dropped } }: ServiceState): number {
  return Object.values(dropped).reduce((sum, count) => sum + count, 0);
}

/** Spans that wait no more. */
function finished(state: ServiceState): number {
  return state.export.sent + sumDropped(state);
}

function arrivals(spans: readonly ArrivedSpan[], kinds: ReadonlyMap<string, CallKind>) {
  const distinct = new Map(spans.map((span) => [span.spanId, kinds.get(span.traceId)]));
  const count = (wanted: CallKind | undefined): number =>
    [...distinct.values()].filter((kind) => kind === wanted).length;
  return {
    kept: count("kept"),
    sampled: count("sampled"),
    repeated: spans.length - distinct.size,
    uncalledFor: count("neither") + count(undefined),
  };
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
