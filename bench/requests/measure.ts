import type { Child } from "../processes/child.ts";
import { startChild } from "../processes/child.ts";
import type { LoadQuestion, LoadReply } from "../processes/load.ts";
import type { ServiceQuestion, ServiceReply } from "../processes/service.ts";
import type { SinkReady, SinkReply } from "../processes/sink.ts";
import type { Failing, Shape } from "./cases.ts";
import type { Figures } from "./figures.ts";
import { startService } from "./start-service.ts";
import type { Variant } from "./variants.ts";

const LOAD = new URL("../processes/load.ts", import.meta.url);
const SINK = new URL("../processes/sink.ts", import.meta.url);
/** A variant that traces is refused if what arrives is as unlikely as this. */
const UNLIKELY = 1e-6;

/** The processes that are the same for all measurements. */
export interface Surroundings {
  readonly load: Child<unknown>;
  /** Where the measured process sends its spans. */
  readonly sink: Child<SinkReady>;
  /** Where the service that it calls sends its own. */
  readonly otherSink: Child<SinkReady>;
}

/** Starts the processes around the measured one, runs, and ends them. */
export async function withSurroundings<T>(run: (surroundings: Surroundings) => Promise<T>): Promise<T> {
  await using load = await startChild(LOAD, { name: "load" });
  await using sink = await startChild<SinkReady>(SINK, { name: "intake" });
  await using otherSink = await startChild<SinkReady>(SINK, { name: "callee's intake" });
  return await run({ load, sink, otherSink });
}

export interface MeasureOptions {
  readonly shape: Shape;
  readonly failing: Failing;
  readonly variant: Variant;
  readonly seconds: number;
  readonly warmupSeconds: number;
  /** The library's sources, and not what is built of them. */
  readonly sources: boolean;
  readonly profile: string | undefined;
}

export interface Measurement {
  readonly figures: Figures;
  /** Spans that the measured process says it lost on their way out. */
  readonly droppedSpans: number;
}

/** Runs one variant in processes of its own, so that chances of compilation and memory layout differ each round. */
export async function measure(surroundings: Surroundings, options: MeasureOptions): Promise<Measurement> {
  const { load, sink, otherSink } = surroundings;
  const { shape, failing, variant, seconds, warmupSeconds, profile } = options;
  // The service below is traced in the same way: what it sends back is part of the cost.
  await using callee =
    shape === "chain"
      ? await startService(variant, otherSink.ready, { role: "callee", sources: options.sources })
      : undefined;
  await using service = await startService(variant, sink.ready, {
    role: "service",
    sources: options.sources,
    callee: callee?.ready.address,
    profile: profile === undefined ? undefined : { folder: profile, name: `${shape}-${variant.name}` },
  });
  const ask = <Reply>(question: ServiceQuestion) => service.ask<Reply>(question);
  const drive = (duration: number) => {
    const { address } = service.ready;
    const question: LoadQuestion = { address, failing, stream: shape === "stream", seconds: duration };
    const reply = service.watch(load.ask<LoadReply>({ ...question }));
    return callee === undefined ? reply : callee.watch(reply);
  };

  await sink.ask("take");
  const warmed = await drive(warmupSeconds);
  await ask("begin");
  const before = await sink.ask<SinkReply>("take");
  const answered = await drive(seconds);
  const usage = await ask<ServiceReply>("end");
  const sent = await sink.ask<SinkReply>("take");
  await otherSink.ask("take");
  refuseSilence(variant, warmed.calls + answered.calls, before.spans + sent.spans);
  return { figures: figuresOf(answered, usage, sent), droppedSpans: usage.droppedSpans };
}

function figuresOf(answered: LoadReply, usage: ServiceReply, sent: SinkReply): Figures {
  const { requests } = answered;
  return {
    requestsPerSecond: requests / answered.seconds,
    cpuPerRequest: usage.cpu / requests,
    p50: answered.p50,
    p99: answered.p99,
    rss: usage.rss / 1e6,
    heap: usage.heap / 1e6,
    gcPerRequest: usage.gc / requests,
    eventLoopDelay: usage.eventLoopDelay,
    bytesPerRequest: sent.bytes / requests,
    spanBytesPerRequest: sent.spanBytes / requests,
    spansPerRequest: sent.spans / requests,
  };
}

/** A tracer that traces nothing is cheap, and proves nothing. */
function refuseSilence({ title, sampleRate = 0 }: Variant, calls: number, spans: number): void {
  if (spans === 0 && (1 - sampleRate) ** calls < UNLIKELY) {
    throw new Error(
      `${title}: no span arrived of ${calls} calls, of which ${sampleRate * 100} % were to be traced. It does not trace, or its spans are sent elsewhere.`,
    );
  }
}
