import type { BenchOptions } from "../options.ts";
import { startSink } from "../processes/start.ts";
import { Progress } from "../progress.ts";
import { DIMENSIONS, type Dimension } from "./dimensions.ts";
import { measureUptime, type UptimeSample } from "./uptime.ts";

/** Seconds that one size, and one sample of the long run, may take. */
const GUESS = 5;
/** Of the long run's requests, as many are made at each size. */
const PART = 25;

export interface SizeResult {
  readonly dimension: Dimension["name"];
  readonly size: number;
  readonly cpuPerRequest: number;
}

export interface GrowthResults {
  /** Round by round. */
  readonly sizes: readonly SizeResult[];
  readonly uptime: readonly UptimeSample[];
}

/** Whether a request costs more, the more there is of something. */
export async function measureGrowth(
  { rounds, requests, sources }: BenchOptions,
  say: (line: string) => void,
): Promise<GrowthResults> {
  const sizes = await measureSizes(rounds, { requests: Math.ceil(requests / PART), sources }, say);
  const progress = new Progress(say);
  const uptime = await measureUptime({ requests, sources }, (what, done, of) =>
    progress.next(`uptime, ${what}`, { done, of, guess: of * GUESS }),
  );
  return { sizes, uptime };
}

async function measureSizes(
  rounds: number,
  settings: { readonly requests: number; readonly sources: boolean },
  say: (line: string) => void,
): Promise<SizeResult[]> {
  await using sink = await startSink("intake");
  const round = DIMENSIONS.flatMap((dimension) => dimension.sizes.map((size) => ({ dimension, size })));
  const steps = Array.from({ length: rounds }, () => round).flat();
  const progress = new Progress(say);
  const results: SizeResult[] = [];
  for (const [done, { dimension, size }] of steps.entries()) {
    progress.next(`${size} ${dimension.title}`, { done, of: steps.length, guess: GUESS * steps.length });
    const cpuPerRequest = await dimension.measure(size, { ...settings, dsn: sink.ready.dsn });
    results.push({ dimension: dimension.name, size, cpuPerRequest });
    await sink.ask("take");
  }
  return results;
}
