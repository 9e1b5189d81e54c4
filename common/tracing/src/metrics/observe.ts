import type { BatchObservableCallback, Meter, Observable } from "@opentelemetry/api";
import { EXPORT_METRICS } from "./export-metrics.ts";
import { MEMORY_METRICS } from "./memory-metrics.ts";
import { CREATE, type Metric, type Reading } from "./metric.ts";
import { QUEUE_METRICS } from "./queue-metrics.ts";
import { SAMPLING_METRICS } from "./sampling-metrics.ts";
import { SERVICE_METRICS } from "./service-metrics.ts";
import { SPAN_METRICS } from "./span-metrics.ts";

const METRICS: readonly Metric[] = [
  ...SPAN_METRICS,
  ...SAMPLING_METRICS,
  ...MEMORY_METRICS,
  ...QUEUE_METRICS,
  ...EXPORT_METRICS,
  ...SERVICE_METRICS,
];

/** Reads all metrics at once, whenever they are collected; the result ends that. */
export function observe(meter: Meter, readAll: () => Reading): () => void {
  const instruments = METRICS.map(({ name, kind, unit, description, read }) => ({
    instrument: meter[CREATE[kind]](name, { unit, description }),
    read,
  }));
  const collect: BatchObservableCallback = (result) => {
    const reading = readAll();
    for (const { instrument, read } of instruments)
      for (const [value, attributes] of read(reading)) result.observe(instrument, value, attributes);
  };
  const observables: Observable[] = instruments.map(({ instrument }) => instrument);
  meter.addBatchObservableCallback(collect, observables);
  return () => meter.removeBatchObservableCallback(collect, observables);
}
