import type { Logger } from "pino";
import type { ServiceConfig } from "../config/load.ts";
import type { CloseStep } from "../lifecycle/close-parts.ts";

export interface ServedMetricsParts {
  readonly config: ServiceConfig;
  readonly logger: Logger;
  readonly lifecycle: { onClose(step: CloseStep): void };
}

/**
 * Serves the process's metrics to Prometheus at `http://HOST:METRICS_PORT/metrics`; without METRICS_PORT nothing is
 * loaded or measured. To be called before `startTracing`, so that tracing finds the meter provider, and before all
 * other parts are opened, so that it is closed last. A port that is taken ends the process with code 1 and a line that says so.
 */
export async function serveMetrics({ config, logger, lifecycle }: ServedMetricsParts): Promise<void> {
  const { HOST, METRICS_PORT } = config;
  if (METRICS_PORT === undefined) return;
  // Loaded only here: OpenTelemetry's SDK is memory that a service without metrics does not need.
  const { startMetricsServer } = await import("./metrics-server.ts");
  try {
    const server = await startMetricsServer(config, METRICS_PORT);
    lifecycle.onClose(() => server.close());
    logger.info({ url: server.url }, "metrics are served");
  } catch (error) {
    logger.fatal(
      { err: error, host: HOST, port: METRICS_PORT },
      "cannot serve metrics: set METRICS_PORT to a free port, or to nothing for no metrics",
    );
    process.exit(1);
  }
}
