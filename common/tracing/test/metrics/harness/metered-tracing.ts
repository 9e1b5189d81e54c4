import type { MeterProvider } from "@opentelemetry/api";
import {
  AggregationTemporality,
  DataPointType,
  MetricReader,
  MeterProvider as SdkMeterProvider,
} from "@opentelemetry/sdk-metrics";
import { onTestFinished } from "vitest";
import { loadTracingConfig, startTracing, type Tracing } from "../../../src/index.ts";
import { collectLog, type LoggedLine } from "../../harness/probe.ts";

/** A number that was collected, with its attributes. */
export interface Collected {
  readonly value: number;
  readonly attributes: Readonly<Record<string, unknown>>;
}

export interface MeteredTracing {
  readonly tracing: Tracing;
  readonly lines: readonly LoggedLine[];
  /** All points of a metric, as they are now; of a histogram how often something was measured. */
  points(name: string): Promise<Collected[]>;
  /** The one point of a metric whose attributes have these values; undefined if there is none. */
  value(name: string, ...values: readonly string[]): Promise<number | undefined>;
  /** The names of all metrics that have a value now. */
  names(): Promise<string[]>;
}

/** Tracing whose numbers are collected by OpenTelemetry's own SDK; it ends with the test. */
export function startMetered(
  env: Record<string, string>,
  temporality = AggregationTemporality.CUMULATIVE,
): MeteredTracing {
  const reader = new TestReader({ aggregationTemporalitySelector: () => temporality });
  const provider = new SdkMeterProvider({ readers: [reader] });
  const { lines, logger } = collectLog();
  const tracing = startTracing(
    loadTracingConfig({ serviceName: "probe", env: { TRACE_EXPORT_INTERVAL_MS: "10", ...env }, cwd: "/" }),
    { logger, meterProvider: provider as MeterProvider },
  );
  onTestFinished(async () => {
    await tracing.shutdown(100);
    await provider.shutdown();
  });
  const collect = async () => {
    const { resourceMetrics, errors } = await reader.collect();
    if (errors.length > 0) throw new AggregateError(errors);
    return resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics);
  };
  const points = async (name: string): Promise<Collected[]> => {
    const metric = (await collect()).find(({ descriptor }) => descriptor.name === name);
    if (metric === undefined) return [];
    return metric.dataPoints.map(({ value, attributes }) => ({
      value: metric.dataPointType === DataPointType.HISTOGRAM ? countOf(value) : (value as number),
      attributes,
    }));
  };
  return {
    tracing,
    lines,
    points,
    async value(name, ...values) {
      const found = (await points(name)).filter(({ attributes }) =>
        values.every((value) => Object.values(attributes).includes(value)),
      );
      if (found.length > 1) throw new Error(`${name} has ${found.length} points with ${values.join(", ")}`);
      return found[0]?.value;
    },
    names: async () =>
      (await collect())
        .filter(({ dataPoints }) => dataPoints.length > 0)
        .map(({ descriptor }) => descriptor.name),
  };
}

function countOf(histogram: unknown): number {
  return (histogram as { readonly count: number }).count;
}

class TestReader extends MetricReader {
  override async onShutdown(): Promise<void> {}
  override async onForceFlush(): Promise<void> {}
}
