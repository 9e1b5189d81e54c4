import { createNoopMeter, type MeterProvider, metrics } from "@opentelemetry/api";
import type { TracingConfig } from "../config/index.ts";
import type { PostListener } from "../export/index.ts";
import { createRateLimiter, type Logger } from "../logger.ts";
import type { HeadSampler } from "../sampling/index.ts";
import { errorText } from "../text/error-text.ts";
import type { TracingStats } from "../tracing.ts";
import { VERSION } from "../version.ts";
import { countingSampler, createSamplingCounts } from "./counting-sampler.ts";
import { exporterAttributes } from "./destination-attributes.ts";
import { ERROR_TYPE } from "./metric.ts";
import { observe } from "./observe.ts";

/** Seconds: a request to a destination takes from milliseconds to its time limit. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** What tracing knows of itself, for whoever collects metrics. */
export interface TracingMetrics {
  /** False if nobody does: then nothing is made, and nothing is counted for it. */
  readonly enabled: boolean;
  /** The sampler, counted where somebody reads it. */
  counted(sampler: HeadSampler): HeadSampler;
  /** What is to be told of each request to a destination. */
  measure(destination: string): PostListener | undefined;
  /** Lets the numbers be collected from now on. */
  start(stats: () => TracingStats): void;
  /** They are not collected any more. */
  stop(): void;
}

/**
 * Finds out whether somebody collects metrics. Nothing here throws, whatever the provider does.
 *
 * @param provider default: the one that is registered globally, by now.
 */
export function createTracingMetrics(
  config: TracingConfig,
  logger: Logger,
  provider: MeterProvider = metrics.getMeterProvider(),
): TracingMetrics {
  const mayLog = createRateLimiter();
  const safely = <T>(action: () => T): T | undefined => {
    try {
      return action();
    } catch (error) {
      const fields = { event: "tracekeep.metrics.failed", error: errorText(error) };
      if (mayLog("failed") !== undefined)
        logger.warn(fields, "The meter provider has failed: some metrics are missing.");
      return undefined;
    }
  };
  const meter = safely(() => provider.getMeter("tracekeep", VERSION));
  if (meter === undefined || meter === createNoopMeter()) return NO_METRICS;
  const sampling = createSamplingCounts();
  const durations = safely(() =>
    meter.createHistogram("otel.sdk.exporter.operation.duration", {
      unit: "s",
      description: "Time of one request until its answer",
      advice: { explicitBucketBoundaries: BUCKETS },
    }),
  );
  let stop = (): void => {};
  return {
    enabled: true,
    counted: (sampler) => countingSampler(sampler, sampling),
    measure(destination) {
      const of = exporterAttributes(destination, config);
      return ({ seconds, fault }) =>
        safely(() => durations?.record(seconds, fault === undefined ? of : { ...of, [ERROR_TYPE]: fault }));
    },
    start(stats) {
      safely(() => {
        stop = observe(meter, () => ({ config, sampling, stats: stats() }));
      });
    },
    stop: () => void safely(stop),
  };
}

const NO_METRICS: TracingMetrics = {
  enabled: false,
  counted: (sampler) => sampler,
  measure: () => undefined,
  start() {},
  stop() {},
};
