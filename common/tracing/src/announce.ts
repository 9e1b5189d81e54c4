import type { TracingConfig } from "./config/index.ts";
import type { Logger } from "./logger.ts";

/** Says at the start where spans go, what is odd in the configuration, and if nothing can arrive: once each. */
export function announce(config: TracingConfig, logger: Logger): void {
  for (const warning of config.warnings) logger.warn({}, warning);
  const nothing = whyNothingArrives(config);
  if (nothing !== undefined) logger.warn({}, nothing);
  const tracing = {
    service: config.serviceName,
    environment: config.environment,
    sampleRate: config.sampleRate,
    sentry: config.sentryDsn?.host ?? "off",
    otlp: config.otlp === undefined ? "off" : new URL(config.otlp.url).host,
  };
  logger.info({ tracing }, "tracing started");
}

function whyNothingArrives({ sentryDsn, otlp, sampleRate, keep }: TracingConfig): string | undefined {
  if (sentryDsn === undefined && otlp === undefined) {
    return "SENTRY_DSN is empty, so no spans are sent: set it, or OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
  }
  if (sampleRate === 0 && !keep.errors && keep.slowMs === 0) {
    return "TRACE_SAMPLE_RATE is 0 and TRACE_KEEP_ERRORS is false, so no trace that begins here is sent: set one of them";
  }
  return undefined;
}
