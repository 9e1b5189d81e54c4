import {
  type Context,
  isSpanContextValid,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
  trace,
} from "@opentelemetry/api";
import { isTracingSuppressed } from "@opentelemetry/core";
import { extractContext, type RemoteTrust } from "./extract.ts";
import { injectContext } from "./inject.ts";

/** The headers that are read and written. */
export const TRACE_HEADERS = ["traceparent", "tracestate", "sentry-trace", "baggage"] as const;

/**
 * Tracekeep's propagation as OpenTelemetry's propagator, for other instrumentations (HTTP, queues).
 * It does not know the host that a request goes to, so `TRACE_PROPAGATION_TARGETS` cannot apply here.
 */
export function createPropagator(trust: RemoteTrust): TextMapPropagator {
  return {
    inject<C>(context: Context, carrier: C, setter: TextMapSetter<C>): void {
      const spanContext = trace.getSpanContext(context);
      if (isTracingSuppressed(context) || (spanContext !== undefined && !isSpanContextValid(spanContext)))
        return;
      injectContext(
        context,
        { set: (name, value) => setter.set(carrier, name, value), get: () => [] },
        "all",
      );
    },
    extract<C>(context: Context, carrier: C, getter: TextMapGetter<C>): Context {
      const keys = getter.keys(carrier);
      const read = (name: string): string[] =>
        keys
          .filter((key) => key.toLowerCase() === name)
          .flatMap((key) => getter.get(carrier, key) ?? [])
          .filter((value) => typeof value === "string");
      return extractContext(context, read, trust);
    },
    fields: () => [...TRACE_HEADERS],
  };
}
