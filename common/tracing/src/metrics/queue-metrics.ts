import { perDestination, processorAttributes } from "./destination-attributes.ts";
import { ERROR_TYPE, type Metric, points } from "./metric.ts";

const each = perDestination(processorAttributes);

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
