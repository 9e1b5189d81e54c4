import { createNoopMeter, type Histogram, metrics } from "@opentelemetry/api";

/** Boundaries of OpenTelemetry's conventions for requests, in seconds. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/** A histogram of seconds; undefined if nobody collects metrics, so that nothing need be measured. */
export function durations(name: string, description: string): Histogram | undefined {
  const meter = metrics.getMeter("@tracekeep/service");
  if (meter === createNoopMeter()) return undefined;
  const advice = { explicitBucketBoundaries: BUCKETS };
  return meter.createHistogram(name, { unit: "s", description, advice });
}
