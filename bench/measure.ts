import type { Figures } from "./figures.ts";
import { type Child, startChild } from "./processes/child.ts";
import type { LoadQuestion, LoadReply } from "./processes/load.ts";
import type { ServiceQuestion, ServiceReady, ServiceReply } from "./processes/service.ts";
import type { SinkReady, SinkReply } from "./processes/sink.ts";
import type { Shape, Variant } from "./variants.ts";

const SERVICE = new URL("./processes/service.ts", import.meta.url);

/** The processes that are the same for all measurements. */
export interface Surroundings {
  readonly load: Child<unknown>;
  /** Where the measured process sends its spans. */
  readonly sink: Child<SinkReady>;
  /** Where the service that it calls sends its own. */
  readonly otherSink: Child<SinkReady>;
}

export interface MeasureOptions {
  readonly shape: Shape;
  readonly variant: Variant;
  readonly seconds: number;
  readonly warmupSeconds: number;
  readonly profile: string | undefined;
}

export interface Measurement {
  readonly figures: Figures;
  /** Spans that the measured process lost on their way out. */
  readonly droppedSpans: number;
}

/** Runs one variant in processes of its own, so that chances of compilation and memory layout differ each round. */
export async function measure(surroundings: Surroundings, options: MeasureOptions): Promise<Measurement> {
  const { load, sink, otherSink } = surroundings;
  const { shape, variant, seconds, warmupSeconds, profile } = options;
  const start = (role: string, dsn: string, args: readonly string[], flags: readonly string[] = []) =>
    startChild<ServiceReady>(SERVICE, {
      name: `${variant.name} ${role}`,
      args: [variant.instrument.href, ...args],
      env: { SENTRY_DSN: dsn, ...variant.env },
      execArgv: ["--expose-gc", ...flags],
    });

  // The service below is traced in the same way: what it sends back is part of the cost.
  await using callee = shape === "chain" ? await start("callee", otherSink.ready.dsn, []) : undefined;
  const callees = callee === undefined ? [] : [callee.ready.address];
  const flags = profile === undefined ? [] : profileFlags(profile, `${shape}-${variant.name}`);
  await using service = await start("service", sink.ready.dsn, callees, flags);
  const ask = <Reply>(question: ServiceQuestion) => service.ask<Reply>(question);
  const drive = (duration: number) => {
    const question: LoadQuestion = { address: service.ready.address, seconds: duration };
    const reply = service.watch(load.ask<LoadReply>({ ...question }));
    return callee === undefined ? reply : callee.watch(reply);
  };

  await drive(warmupSeconds);
  await ask("begin");
  await sink.ask("take");
  const answered = await drive(seconds);
  const usage = await ask<ServiceReply>("end");
  const { bytes } = await sink.ask<SinkReply>("take");
  const { requests } = answered;
  const figures = {
    requestsPerSecond: requests / answered.seconds,
    cpuPerRequest: usage.cpu / requests,
    p50: answered.p50,
    p99: answered.p99,
    rss: usage.rss / 1e6,
    heap: usage.heap / 1e6,
    gcPerRequest: usage.gc / requests,
    bytesPerRequest: bytes / requests,
  };
  return { figures, droppedSpans: usage.droppedSpans };
}

function profileFlags(folder: string, name: string): string[] {
  return ["--cpu-prof", `--cpu-prof-dir=${folder}`, `--cpu-prof-name=${name}-${Date.now()}.cpuprofile`];
}
