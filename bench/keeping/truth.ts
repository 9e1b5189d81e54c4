import { startChain } from "../../acceptance/keeping/harness/chain.ts";
import {
  type Counts,
  estimateCounts,
  idealCounts,
  trueCounts,
} from "../../acceptance/keeping/harness/counts.ts";
import { Caller, planRequests } from "../../acceptance/keeping/harness/requests.ts";
import { SHARED_KEY, traceDraw } from "../../common/tracing/src/sampling/index.ts";
import { startIntake } from "../../common/tracing/test/harness/intake.ts";
import { formatTable } from "./table.ts";

const RATE = 0.01;
const AT_A_TIME = 50;
const DEFAULT_LIMIT = 100;
const HIGH_LIMIT = 100_000;

/** Percent of the requests that fail, and traces that may be kept per second. */
export type TruthCase = readonly [failingPercent: number, keptPerSecond: number];

/** At 1 % the default limit is far away. */
export const TRUTH_CASES: readonly TruthCase[] = [
  [1, DEFAULT_LIMIT],
  [30, HIGH_LIMIT],
  [30, DEFAULT_LIMIT],
];

export interface TruthOptions {
  readonly requests: number;
  readonly seeds: number;
  readonly cases: readonly TruthCase[];
}

/** Counts as a share of the truth, the mean over all seeds. */
export interface TruthRow {
  readonly failingPercent: number;
  readonly keptPerSecond: number;
  /** `service side outcome`. */
  readonly what: string;
  readonly truth: number;
  /** Of the counts that the arrived spans make. */
  readonly estimated: number;
  /** Of those that the chance of sampling alone would make. */
  readonly byChance: number;
}

export interface TruthResult extends TruthOptions {
  readonly rows: readonly TruthRow[];
  readonly runs: readonly {
    readonly failingPercent: number;
    readonly keptPerSecond: number;
    readonly seed: number;
    readonly seconds: number;
    readonly kept: number;
    readonly refused: number;
  }[];
}

/** Compares counts by service, side and status, made of the spans that arrive at a sampling rate of 1 %, with the truth. */
export async function measureTruth(
  options: TruthOptions,
  progress: (line: string) => void,
): Promise<TruthResult> {
  const rows: TruthRow[] = [];
  const runs: TruthResult["runs"][number][] = [];
  for (const [failingPercent, keptPerSecond] of options.cases) {
    const seeds: { truth: Counts; estimate: Counts; ideal: Counts }[] = [];
    for (let seed = 1; seed <= options.seeds; seed++) {
      const planned = planRequests(`truth ${seed}`, options.requests, failingPercent);
      const intake = await startIntake();
      await using chain = await startChain({
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `http://127.0.0.1:${intake.port}/v1/traces`,
        TRACE_SAMPLE_RATE: String(RATE),
        TRACE_KEEP_MAX_PER_SECOND: String(keptPerSecond),
      });
      using caller = new Caller(chain.gatewayAddress);
      const started = performance.now();
      await caller.makeAll(planned, AT_A_TIME);
      const seconds = (performance.now() - started) / 1_000;
      const { treasury } = await chain.flush();
      await intake.close();
      const { traces: kept, refused } = treasury.tracing.kept;
      runs.push({ failingPercent, keptPerSecond, seed, seconds, kept, refused });
      seeds.push({
        truth: trueCounts(planned),
        estimate: estimateCounts(intake.spans),
        ideal: idealCounts(planned, RATE, (traceId) => traceDraw(traceId, SHARED_KEY) < RATE),
      });
      progress(
        `truth, ${failingPercent} % failing, limit ${keptPerSecond}: seed ${seed} of ${options.seeds}, ${seconds.toFixed(0)} s, kept ${kept}, refused ${refused}`,
      );
    }
    const sum = (counts: readonly Counts[], what: string) =>
      counts.reduce((total, each) => total + (each.get(what) ?? 0), 0);
    for (const what of seeds[0]?.truth.keys() ?? []) {
      const truth = sum(
        seeds.map((seed) => seed.truth),
        what,
      );
      const estimated = sum(
        seeds.map((seed) => seed.estimate),
        what,
      );
      const byChance = sum(
        seeds.map((seed) => seed.ideal),
        what,
      );
      rows.push({
        failingPercent,
        keptPerSecond,
        what,
        truth: truth / seeds.length,
        estimated: estimated / truth,
        byChance: byChance / truth,
      });
    }
  }
  return { ...options, rows, runs };
}

export function formatTruth({ requests, seeds, rows }: TruthResult): string {
  const cells = rows.map(({ failingPercent, keptPerSecond, what, truth, estimated, byChance }) => [
    what,
    `${failingPercent} %`,
    String(keptPerSecond),
    truth.toFixed(0),
    estimated.toFixed(4),
    byChance.toFixed(4),
  ]);
  return [
    `Truth: ${requests.toLocaleString("en")} requests at a sampling rate of ${RATE}, the mean of ${seeds} seeds`,
    formatTable(["spans", "failing", "limit/s", "truth", "estimate", "by chance"], cells),
  ].join("\n");
}
