import { type Metric, points, REASON, SAMPLING_RESULT } from "./metric.ts";

/** Spans, from their beginning to the record. */
export const SPAN_METRICS: readonly Metric[] = [
  {
    name: "otel.sdk.span.started",
    kind: "counter",
    unit: "{span}",
    description: "Spans that have begun",
    read: ({ stats }) => [[stats.spans.started]],
  },
  {
    name: "otel.sdk.span.live",
    kind: "upDownCounter",
    unit: "{span}",
    description: "Spans that have not ended",
    read: ({ stats }) => [[stats.spans.open]],
  },
  {
    name: "tracekeep.span.ended",
    kind: "counter",
    unit: "{span}",
    description: "Spans that have ended",
    read: ({ stats: { spans } }) =>
      points({ RECORD_AND_SAMPLE: spans.sampled, RECORD_ONLY: spans.ended - spans.sampled }, SAMPLING_RESULT),
  },
  {
    name: "tracekeep.processing.time",
    kind: "counter",
    unit: "s",
    description: "Time of tracing's own code at the begins and ends of spans",
    read: ({ stats }) => [[stats.processing.seconds]],
  },
  {
    name: "tracekeep.request.time",
    kind: "counter",
    unit: "s",
    description: "Duration of the first spans of traces in this process",
    read: ({ stats }) => [[stats.spans.entrySeconds]],
  },
  {
    name: "tracekeep.span.recorded",
    kind: "counter",
    unit: "{span}",
    description: "Spans put into the flight record",
    read: ({ stats }) => [[stats.record.recorded]],
  },
  {
    name: "tracekeep.span.evicted",
    kind: "counter",
    unit: "{span}",
    description: "Spans pushed out of the flight record by younger ones",
    read: ({ stats }) => [[stats.record.evicted]],
  },
  {
    name: "tracekeep.span.kept",
    kind: "counter",
    unit: "{span}",
    description: "Spans of kept traces that were handed to the exporters",
    read: ({ stats }) => [[stats.kept.spans]],
  },
  {
    name: "tracekeep.span.lost",
    kind: "counter",
    unit: "{span}",
    description: "Spans lost before any export",
    read: ({ stats: { spans, record, kept } }) =>
      points(
        {
          encoding: spans.lost,
          trace_too_large: record.oversized,
          kept_trace_too_large: kept.oversized,
        },
        REASON,
      ),
  },
];
