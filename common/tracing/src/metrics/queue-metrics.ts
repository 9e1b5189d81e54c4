import type { MetricAttributes } from "@opentelemetry/api";
import type { ExportStats } from "../export/index.ts";
import { processorAttributes } from "./destination-attributes.ts";
import { ERROR_TYPE, type Metric, type Point, points } from "./metric.ts";

/** What waits for each destination. */
export const QUEUE_METRICS: readonly Metric[] = [
  {
    name: "otel.sdk.processor.span.queue.size",
    kind: "upDownCounter",
    unit: "{span}",
    description: "Spans that wait to be sent",
    read: each(({ queuedSpans, inFlightSpans }, of) => [[queuedSpans - inFlightSpans, of]]),
  },
  {
    name: "otel.sdk.processor.span.processed",
    kind: "counter",
    unit: "{span}",
    description: "Spans that wait no more",
    read: each(({ sent, dropped }, of) => {
      const { refused, shutdown: already_shutdown, ...others } = dropped;
      return [[sent + refused, of], ...points({ ...others, already_shutdown }, ERROR_TYPE, of)];
    }),
  },
  {
    name: "tracekeep.export.queue.usage",
    kind: "upDownCounter",
    unit: "By",
    description: "Bytes of spans that wait to be sent",
    read: each(({ queuedBytes }, of) => [[queuedBytes, of]]),
  },
  {
    name: "tracekeep.export.queue.limit",
    kind: "upDownCounter",
    unit: "By",
    description: "TRACE_EXPORT_QUEUE_BYTES",
    read: each(({ queueLimitBytes }, of) => [[queueLimitBytes, of]]),
  },
];

function each(read: (stats: ExportStats, of: MetricAttributes) => readonly Point[]): Metric["read"] {
  return ({ stats }) =>
    Object.entries(stats.export).flatMap(([name, one]) => read(one, processorAttributes(name)));
}
