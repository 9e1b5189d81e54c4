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
