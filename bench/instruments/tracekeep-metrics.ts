import { metrics } from "@opentelemetry/api";
import { PrometheusExporter, PrometheusSerializer } from "@opentelemetry/exporter-prometheus";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import type { StartInstrument } from "./instrument.ts";
import { startInstrument as startTraces } from "./tracekeep.ts";

/** Prometheus reads every 15 seconds as it comes; more often here, so that each round has some readings. */
const READ_EVERY_MS = 1_000;

/** Tracekeep with its metrics: a meter provider of OpenTelemetry's SDK, read as Prometheus would read it. */
export const startInstrument: StartInstrument = () => {
  const exporter = new PrometheusExporter({ preventServerStart: true });
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [exporter] }));
  const instrument = startTraces();
  const serializer = new PrometheusSerializer();
  const read = async () => serializer.serialize((await exporter.collect()).resourceMetrics);
  setInterval(() => void read(), READ_EVERY_MS).unref();
  return instrument;
};
