import type { TracingConfig } from "./config/index.ts";
import { type Logger, sayOnStderr } from "./logger.ts";

/**
 * Says at the start where spans go, what is odd in the configuration, and if nothing can arrive: once each.
 *
 * @param ownLogger whether the service has given one; if not, only what matters is said, on stderr.
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
  // No warning: that is how services run at a developer's desk.
  if (ownLogger) logger.info({ event: "tracekeep.started", tracing }, message);
  else if (nowhere) sayOnStderr(message);
}
