import { type Metric, ORIGIN, points, REASON, SAMPLING_RESULT } from "./metric.ts";

/** Which traces are sent: by sampling, and since they are kept. */
export const SAMPLING_METRICS: readonly Metric[] = [
  {
    name: "tracekeep.sampling.rate.configured",
    kind: "gauge",
    unit: "1",
    description: "TRACE_SAMPLE_RATE",
    read: ({ config }) => [[config.sampleRate]],
  },
  {
    name: "tracekeep.sampling.rate.actual",
    kind: "gauge",
    unit: "1",
    description: "Share of the traces decided on here that were sampled",
    read: ({ sampling: { decided, sampled } }) => (decided === 0 ? [] : [[sampled / decided]]),
  },
  {
    name: "tracekeep.sampling.decision",
    kind: "counter",
    unit: "{trace}",
    description: "Traces whose sampling was decided here",
    read: ({ sampling: { decided, sampled } }) =>
      points({ RECORD_AND_SAMPLE: sampled, RECORD_ONLY: decided - sampled }, SAMPLING_RESULT),
  },
  {
    name: "tracekeep.sampling.expected",
    kind: "counter",
    unit: "{trace}",
    description: "How many of the traces decided on here should be sampled: the sum of their rates",
    read: ({ sampling }) => [[sampling.expected]],
  },
  {
    name: "tracekeep.trace.kept",
    kind: "counter",
    unit: "{trace}",
    description: "Traces kept whatever the sampling",
    read: ({ stats }) =>
      Object.entries(stats.kept.reasons).flatMap(([origin, reasons]) =>
        points(reasons, REASON, { [ORIGIN]: origin }),
      ),
  },
  {
    name: "tracekeep.trace.refused",
    kind: "counter",
    unit: "{trace}",
    description: "Traces that would have been kept, but for the limit",
    read: ({ stats: { kept } }) => points({ local: kept.refused, remote: kept.refusedFromOutside }, ORIGIN),
  },
];
