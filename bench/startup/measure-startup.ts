import type { BenchOptions } from "../options.ts";
import { installPeers } from "../peers.ts";
import { startSink } from "../processes/start.ts";
import { Progress } from "../progress.ts";
import { startService } from "../requests/start-service.ts";
import { CONTROL, REFERENCE, VARIANTS } from "../requests/variants.ts";

const PROCESSES = 15;
/** Seconds that a process may take to start. */
const GUESS = 0.5;

/** One start of the service. */
export interface Start {
  readonly variant: string;
  /** From the start of the process until it listens, in milliseconds. */
  readonly startMs: number;
  /** Of which to import and start the tracing, in milliseconds. */
  readonly instrumentMs: number;
  /** Resident memory after it, in MB. */
  readonly rss: number;
}

export interface StartupResults {
  readonly starts: readonly Start[];
}

/** What a service's start takes longer, in processes that are started in turns. */
export async function measureStartup(
  { choice, sources }: BenchOptions,
  say: (line: string) => void,
  processes: number = PROCESSES,
): Promise<StartupResults> {
  const chosen = [REFERENCE, CONTROL, ...choice.variants];
  const variants = VARIANTS.filter(
    ({ name }) => chosen.includes(name) && !/-(not-keeping|metrics)$/.test(name),
  );
  if (variants.some(({ peer }) => peer === true)) await installPeers(say);
  await using sink = await startSink("intake");
  const steps = Array.from({ length: processes }, () => variants).flat();
  const progress = new Progress(say);
  const starts: Start[] = [];
  for (const [done, variant] of steps.entries()) {
    progress.next(`start, ${variant.title}`, { done, of: steps.length, guess: GUESS * steps.length });
    await using service = await startService(variant, sink.ready, { role: "service", sources });
    const { startMs, instrumentMs, rss } = service.ready;
    starts.push({ variant: variant.name, startMs, instrumentMs, rss: rss / 1e6 });
  }
  return { starts };
}
