import type { LoadReply } from "../processes/load.ts";
import type { ServiceReply } from "../processes/service.ts";
import type { SinkReply } from "../processes/sink.ts";

/** What one measurement yields. A request of a stream is one of its messages. */
export interface Figures {
  /** Answered requests a second. */
  readonly requestsPerSecond: number;
  /** User and system time of the measured process, in microseconds a request. */
  readonly cpuPerRequest: number;
  /** Latency of a call as the caller sees it, in milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Resident memory at the end of the measurement, in MB (10^6 bytes). */
  readonly rss: number;
  /** What is left of the heap after a full collection at the end, in MB. */
  readonly heap: number;
  /** Time in garbage collection, in microseconds a request. */
  readonly gcPerRequest: number;
  /** How late a timer fires in the measured process, 99th percentile, in milliseconds. */
  readonly eventLoopDelay: number;
  /** Request bodies that the intake received from the measured process, in bytes a request, as sent. */
  readonly bytesPerRequest: number;
  /** Of these the requests that had spans: the others tell of errors. */
  readonly spanBytesPerRequest: number;
  /** Spans in them, for each request. */
  readonly spansPerRequest: number;
}

export type FigureName = keyof Figures;

interface FigureTitle {
  readonly name: FigureName;
  readonly title: string;
  readonly unit: string;
  /** Shown as itself and not as a ratio, since the reference is always zero. */
  readonly absolute?: boolean;
}

/** The rows of the tables, in order. */
export const FIGURES: readonly FigureTitle[] = [
  { name: "cpuPerRequest", title: "CPU per request", unit: "µs" },
  { name: "requestsPerSecond", title: "requests a second", unit: "" },
  { name: "p50", title: "latency p50", unit: "ms" },
  { name: "p99", title: "latency p99", unit: "ms" },
  { name: "rss", title: "memory (RSS)", unit: "MB" },
  { name: "heap", title: "heap in use", unit: "MB" },
  { name: "gcPerRequest", title: "GC time per request", unit: "µs" },
  { name: "eventLoopDelay", title: "event loop delay p99", unit: "ms" },
  { name: "bytesPerRequest", title: "bytes sent per request", unit: "B", absolute: true },
  { name: "spanBytesPerRequest", title: "of which with spans", unit: "B", absolute: true },
  { name: "spansPerRequest", title: "spans that arrived per request", unit: "", absolute: true },
];

/** Of what the load, the measured service and its intake have counted over the same time. */
export function figuresOf(answered: LoadReply, usage: ServiceReply, sent: SinkReply): Figures {
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

/** The mean of each figure. Throws RangeError if there are none. */
export function meanOf([first, ...rest]: readonly Figures[]): Figures {
  if (first === undefined) throw new RangeError("There is no mean of no figures.");
  const mean: Record<FigureName, number> = { ...first };
  for (const { name } of FIGURES)
    mean[name] = rest.reduce((sum, figures) => sum + figures[name], first[name]) / (rest.length + 1);
  return mean;
}
