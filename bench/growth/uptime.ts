import type { Child } from "../processes/child.ts";
import type { LoadQuestion, LoadReply } from "../processes/load.ts";
import type { ServiceReady, ServiceReply } from "../processes/service.ts";
import { startLoad, startSink } from "../processes/start.ts";
import { startService } from "../requests/start-service.ts";
import { REFERENCE, VARIANTS } from "../requests/variants.ts";

/** So many samples are taken of a run, of equal numbers of requests. */
export const SAMPLES = 50;
const FAILING_PERCENT = 1;

/** The variants whose long run is compared. */
export const UPTIME_VARIANTS = [REFERENCE, "tracekeep-1"] as const;

export interface UptimeSample {
  readonly variant: string;
  /** Answered since the service started. */
  readonly requests: number;
  /** In microseconds, since the sample before. */
  readonly cpuPerRequest: number;
  /** In MB, after the sample; the heap after a full collection. */
  readonly rss: number;
  readonly heap: number;
}

/** What requests cost, and memory, over a long run of a service of which some requests fail; next to it one untraced. */
export async function measureUptime(
  { requests, sources }: { readonly requests: number; readonly sources: boolean },
  progress: (what: string, done: number, of: number) => void,
): Promise<UptimeSample[]> {
  const each = Math.ceil(requests / SAMPLES);
  await using load = await startLoad();
  await using sink = await startSink("intake");
  const run = async (
    service: Child<ServiceReady>,
    variant: string,
    sample: number,
  ): Promise<UptimeSample> => {
    const { address } = service.ready;
    const question: LoadQuestion = { address, failing: FAILING_PERCENT, stream: false, calls: each };
    await service.ask("begin");
    const answered = await service.watch(load.ask<LoadReply>({ ...question }));
    const usage = await service.ask<ServiceReply>("end");
    await sink.ask("take");
    return {
      variant,
      requests: sample * each,
      cpuPerRequest: usage.cpu / answered.requests,
      rss: usage.rss / 1e6,
      heap: usage.heap / 1e6,
    };
  };
  await using services = new AsyncDisposableStack();
  const started: [string, Child<ServiceReady>][] = [];
  for (const variant of VARIANTS.filter(({ name }) => UPTIME_VARIANTS.some((other) => other === name))) {
    const service = await startService(variant, sink.ready, { role: "service", sources });
    started.push([variant.name, services.use(service)]);
  }
  const samples: UptimeSample[] = [];
  for (let sample = 1; sample <= SAMPLES; sample++) {
    for (const [variant, service] of started) {
      progress(`${variant}, ${sample * each} requests`, samples.length, SAMPLES * started.length);
      samples.push(await run(service, variant, sample));
    }
  }
  return samples;
}
