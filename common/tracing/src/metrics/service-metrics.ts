import { type Metric, OUTCOME, points } from "./metric.ts";

/** What concerns the service as a whole: other processes, error events, its configuration. */
export const SERVICE_METRICS: readonly Metric[] = [
  {
    name: "tracekeep.recall.branch",
    kind: "counter",
    unit: "{branch}",
    description: "Branches of kept traces in other processes",
    read: ({ stats: { recalls } }) =>
      points({ sent: recalls.sent, served: recalls.served, missed: recalls.missed }, OUTCOME),
  },
  {
    name: "tracekeep.error_event",
    kind: "counter",
    unit: "{event}",
    description: "Sentry error events",
    read: ({ stats: { errors } }) => {
      const { reported, limited, held, failed } = errors;
      return points({ reported, limited, held, failed }, OUTCOME);
    },
  },
  {
    name: "tracekeep.config.warnings",
    kind: "gauge",
    unit: "{warning}",
    description: "What is odd in the configuration",
    read: ({ config }) => [[config.warnings.length]],
  },
];
