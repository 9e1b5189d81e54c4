import type { Meter, MetricAttributes } from "@opentelemetry/api";
import type { TracingConfig } from "../config/index.ts";
import type { TracingStats } from "../tracing.ts";
import type { SamplingCounts } from "./counting-sampler.ts";

/** What the metrics are read from. */
export interface Reading {
  readonly config: TracingConfig;
  readonly stats: TracingStats;
  readonly sampling: Readonly<SamplingCounts>;
}

/** A value of a metric, with the attributes that tell it from the others. */
export type Point = readonly [value: number, attributes?: MetricAttributes];

/** A metric that is read when somebody collects it. */
export interface Metric {
  /** As in OpenTelemetry's semantic conventions, where these have it. */
  readonly name: string;
  readonly kind: "counter" | "upDownCounter" | "gauge";
  /** In UCUM. */
  readonly unit: string;
  readonly description: string;
  readonly read: (reading: Reading) => readonly Point[];
}

export const CREATE = {
  counter: "createObservableCounter",
  upDownCounter: "createObservableUpDownCounter",
  gauge: "createObservableGauge",
} as const satisfies Record<Metric["kind"], keyof Meter>;

/** A point for each of several numbers, told apart by one attribute. */
export function points(numbers: object, attribute: string, more: MetricAttributes = {}): Point[] {
  return Object.entries(numbers).map(([key, value]) => [value, { ...more, [attribute]: key }]);
}

export const REASON = "tracekeep.reason";
export const OUTCOME = "tracekeep.outcome";
export const ORIGIN = "tracekeep.origin";
export const PART = "tracekeep.part";
export const SAMPLING_RESULT = "otel.span.sampling_result";
export const ERROR_TYPE = "error.type";
