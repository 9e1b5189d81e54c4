import type { MetricAttributes } from "@opentelemetry/api";
import type { TracingConfig } from "../config/index.ts";
import type { ExportStats } from "../export/index.ts";
import type { Metric, Point } from "./metric.ts";

type AttributesOf = (destination: string, config: TracingConfig) => MetricAttributes;

/** Reads a metric of each destination. */
export function perDestination(attributesOf: AttributesOf) {
  return (read: (stats: ExportStats, of: MetricAttributes) => readonly Point[]): Metric["read"] =>
    ({ stats, config }) =>
      Object.entries(stats.export).flatMap(([name, one]) => read(one, attributesOf(name, config)));
}

/** The attributes of one destination, by its name in `stats().export`: never more than its host. */
export function exporterAttributes(name: string, { export: { protocol } }: TracingConfig): MetricAttributes {
  const envelope = name.startsWith("sentry ") && protocol === "envelope";
  return attributes(name, envelope ? "sentry_envelope_exporter" : "otlp_http_span_exporter");
}

/** The same, for what waits to be sent there. */
export function processorAttributes(name: string): MetricAttributes {
  return attributes(name, "batching_span_processor");
}

function attributes(name: string, type: string): MetricAttributes {
  const [kind = "", host = ""] = name.split(" ");
  return {
    "otel.component.name": kind,
    "otel.component.type": type,
    "server.address": new URL(`http://${host}`).hostname,
  };
}
