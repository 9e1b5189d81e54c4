import { isSpanContextValid, trace } from "@opentelemetry/api";
import { type DestinationStream, type Logger, pino } from "pino";
import type { TracingConfig } from "tracekeep";
import type { ServiceConfig } from "../config/load.ts";
import { maskLines } from "./masked-line.ts";

type LoggedConfig = Pick<ServiceConfig, "LOG_LEVEL" | "SERVICE_NAME" | "SERVICE_VERSION" | "ENVIRONMENT"> & {
  /** What counts as secret, beside what always does. */
  readonly tracing?: Pick<TracingConfig, "sanitize">;
};

const NO_OWN_RULES: TracingConfig["sanitize"] = { keys: [], patterns: [] };

/**
 * A logger that writes one JSON object a line, by default to stdout.
 * A line written inside a span carries its `trace_id` and `span_id`, so that it can be found from the trace.
 * Secrets in lines are masked as they are in spans.
 */
export function createLogger(config: LoggedConfig, destination?: DestinationStream): Logger {
  return pino(
    {
      level: config.LOG_LEVEL,
      base: {
        service: config.SERVICE_NAME,
        version: config.SERVICE_VERSION,
        environment: config.ENVIRONMENT,
      },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      mixin: activeSpanIds,
      hooks: { streamWrite: maskLines(config.tracing?.sanitize ?? NO_OWN_RULES) },
    },
    // Synchronous, so that the last lines of a stopping process are not lost.
    destination ?? pino.destination({ fd: 1, sync: true }),
  );
}

function activeSpanIds(): object {
  const context = trace.getActiveSpan()?.spanContext();
  if (!context || !isSpanContextValid(context)) return {};
  return { trace_id: context.traceId, span_id: context.spanId };
}
