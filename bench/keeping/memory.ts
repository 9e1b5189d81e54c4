import { type Child, startChild } from "../processes/child.ts";
import type { SinkReady } from "../processes/sink.ts";
import { PUBLISHED } from "../published.ts";
import { median } from "../statistics.ts";
import type { LoadQuestion, LoadReply } from "./processes/load.ts";
import type { ServiceReady, ServiceState } from "./processes/service.ts";
import { formatTable } from "./table.ts";

const SERVICE = new URL("./processes/service.ts", import.meta.url);
const LOAD = new URL("./processes/load.ts", import.meta.url);
const SINK = new URL("../processes/sink.ts", import.meta.url);
const SAMPLES = 40;
const FAILING_PERCENT = 1;

/** Resident memory of one service over time. */
interface MemoryRun {
  readonly requestsPerSecond: number;
  /** In MB, at equal numbers of requests. */
  readonly rss: readonly number[];
  readonly lastState: ServiceState;
}

export interface MemoryResult {
  readonly requests: number;
  /** Bound of V8's old space, in MB; undefined if V8 sizes it by the machine. */
  readonly heapMb: number | undefined;
  readonly untraced: MemoryRun;
  readonly traced: MemoryRun;
  /** Sample from which on the record was full; -1 for never. */
  readonly fullFrom: number;
  /** In MB, between the medians of the last half. */
  readonly above: number;
  /** In MB, by which the traced service's median of the last quarter exceeds that of the one before. */
  readonly growth: number;
}

/** Resident memory of a traced service above that of the same service untraced, with failures and a full record. */
export async function measureMemory(
  requests: number,
  heapMb: number | undefined,
  progress: (line: string) => void,
): Promise<MemoryResult> {
  const bound = heapMb === undefined ? [] : [`--max-old-space-size=${heapMb}`];
  await using load = await startChild<object>(LOAD, { name: "load" });
  await using sink = await startChild<SinkReady>(SINK, { name: "sink" });
  let fullFrom = -1;
  const run = async (mode: "traced" | "untraced"): Promise<MemoryRun> => {
    const env = { SENTRY_DSN: sink.ready.dsn };
    await using service = await startChild<ServiceReady>(SERVICE, {
      name: mode,
      args: [mode],
      env,
      execArgv: [...PUBLISHED, ...bound],
    });
    const rss: number[] = [];
    let seconds = 0;
    for (let sample = 0; sample < SAMPLES; sample++) {
      seconds += (await drive(load, service, Math.ceil(requests / SAMPLES))).seconds;
      const state = await service.ask<ServiceState>("state");
      rss.push(state.rss / 1e6);
      if (fullFrom < 0 && (state.tracing?.record.evicted ?? 0) > 0) fullFrom = sample;
      progress(`memory, ${mode}: ${sample + 1} of ${SAMPLES}, ${(state.rss / 1e6).toFixed(0)} MB`);
    }
    return { requestsPerSecond: requests / seconds, rss, lastState: await service.ask("state") };
  };
  const untraced = await run("untraced");
  const traced = await run("traced");
  const lastHalf = ({ rss }: MemoryRun) => median(rss.slice(SAMPLES / 2));
  const quarter = (from: number) =>
    median(traced.rss.slice((from * SAMPLES) / 4, ((from + 1) * SAMPLES) / 4));
  return {
    requests,
    heapMb,
    untraced,
    traced,
    fullFrom,
    above: lastHalf(traced) - lastHalf(untraced),
    growth: quarter(3) - quarter(2),
  };
}

function drive(load: Child<object>, service: Child<ServiceReady>, requests: number): Promise<LoadReply> {
  const question: LoadQuestion = { address: service.ready.address, requests, failing: FAILING_PERCENT };
  return service.watch(load.ask<LoadReply>({ ...question }));
}

export function formatMemory(result: MemoryResult): string {
  const { requests, heapMb, untraced, traced, fullFrom, above, growth } = result;
  const every = SAMPLES / 8;
  const rows = traced.rss.flatMap((rss, at) => {
    if ((at + 1) % every !== 0) return [];
    const without = untraced.rss[at] ?? Number.NaN;
    const done = Math.round((requests * (at + 1)) / SAMPLES).toLocaleString("en");
    return [[done, ...[without, rss, rss - without].map((value) => value.toFixed(1))]];
  });
  const { kept, errors } = traced.lastState.tracing ?? {};
  return [
    `Memory: a service that answers, ${FAILING_PERCENT} % of the requests fail, each with an error event; heap ${heapMb === undefined ? "not bound" : `bound to ${heapMb} MB`}`,
    formatTable(["requests", "untraced MB", "traced MB", "difference"], rows),
    `above untraced ${above.toFixed(1)} MB, growth from the third quarter to the last ${growth.toFixed(1)} MB`,
    `record full from sample ${fullFrom + 1} of ${SAMPLES}; traces kept ${kept?.traces}, refused ${kept?.refused}; error events ${errors?.reported}, lost ${errors?.dropped}`,
  ].join("\n");
}
