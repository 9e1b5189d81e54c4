/** What one measurement yields. */
export interface Figures {
  /** Answered requests a second. */
  readonly requestsPerSecond: number;
  /** User and system time of the measured process, in microseconds a request. */
  readonly cpuPerRequest: number;
  /** Latency as the caller sees it, in milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Resident memory at the end of the measurement, in MB (10^6 bytes). */
  readonly rss: number;
  /** What is left of the heap after a full collection at the end, in MB. */
  readonly heap: number;
  /** Time in garbage collection, in microseconds a request. */
  readonly gcPerRequest: number;
  /** Request bodies that the intake received from the measured process, in bytes a request, compressed. */
  readonly bytesPerRequest: number;
}

export type FigureName = keyof Figures;

interface FigureTitle {
  readonly name: FigureName;
  readonly title: string;
  readonly unit: string;
  /** Shown as itself and not as a ratio, since the reference is always zero. */
  readonly absolute?: boolean;
}

/** The rows of the table, in order. */
export const FIGURES: readonly FigureTitle[] = [
  { name: "cpuPerRequest", title: "CPU per request", unit: "µs" },
  { name: "requestsPerSecond", title: "requests a second", unit: "" },
  { name: "p50", title: "latency p50", unit: "ms" },
  { name: "p99", title: "latency p99", unit: "ms" },
  { name: "rss", title: "memory (RSS)", unit: "MB" },
  { name: "heap", title: "heap in use", unit: "MB" },
  { name: "gcPerRequest", title: "GC time per request", unit: "µs" },
  { name: "bytesPerRequest", title: "bytes sent per request", unit: "B", absolute: true },
];
