import { type Context, createContextKey } from "@opentelemetry/api";

/** The key that OpenTelemetry's SDK uses, equal in every copy of it: who suppresses there is heard here. */
const SUPPRESSED = createContextKey("OpenTelemetry SDK Context Key SUPPRESS_TRACING");

/** A context in which no spans are made, by Tracekeep or by OpenTelemetry's instrumentations. */
export function suppressTracing(context: Context): Context {
  return context.setValue(SUPPRESSED, true);
}

/** Whether somebody asked that nothing be traced in this context. */
export function isTracingSuppressed(context: Context): boolean {
  return context.getValue(SUPPRESSED) === true;
}
