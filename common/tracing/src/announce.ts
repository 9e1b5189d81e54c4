import type { TracingConfig } from "./config/index.ts";
import type { Logger } from "./logger.ts";

/**
 * Says at the start where spans go, what is odd in the configuration, and if nothing can arrive: once each.
 *
 * @param logger the service's own; without one, only what matters is to be said.
 */
export function announce(
  config: TracingConfig,
  logger: Logger,
  { metrics, ownLogger }: { readonly metrics: boolean; readonly ownLogger: boolean },
): void {
  const { sentryDsn, otlp, sampleRate, keep } = config;
  const warn = (message: string): void => logger.warn({ event: "tracekeep.config.warning" }, message);
  for (const warning of config.warnings) warn(warning);
  const nowhere = sentryDsn === undefined && otlp === undefined;
  if (!nowhere && sampleRate === 0 && !keep.errors && keep.slowMs === 0) {
    warn(
      "TRACE_SAMPLE_RATE is 0 and TRACE_KEEP_ERRORS is false, so no trace that begins here is sent: set one of them",
    );
  }
  const tracing = {
    service: config.serviceName,
    version: config.serviceVersion,
    environment: config.environment,
    sampleRate,
    sentry: sentryDsn?.host ?? "off",
    protocol: config.export.protocol,
    otlp: otlp === undefined ? "off" : new URL(otlp.url).host,
    recorderBytes: keep.recorderBytes,
    metrics: metrics ? "on" : "off",
  };
  const message = nowhere
    ? "tracing started; SENTRY_DSN is empty, so no spans are sent: set it, or OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
    : "tracing started";
  // In a service's log no warning: that is how services run at a developer's desk.
  logger[nowhere && !ownLogger ? "warn" : "info"]({ event: "tracekeep.started", tracing }, message);
}
