import {
  type Context,
  isSpanContextValid,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
  trace,
} from "@opentelemetry/api";
import { RecordedSpan } from "../spans/index.ts";
import { type Carrier, type HeaderReader, readCarrier } from "./carrier.ts";
import type { ExtractContext } from "./extract.ts";
import { injectContext } from "./inject.ts";
import { isTracingSuppressed } from "./suppression.ts";
import type { HeaderScope } from "./targets.ts";

/** The headers that are read and written. */
export const TRACE_HEADERS = ["traceparent", "tracestate", "sentry-trace", "baggage"] as const;

/**
 * Tracekeep's propagation as OpenTelemetry's propagator, for other instrumentations (HTTP, queues).
 * Where the active span says which host it calls, `TRACE_PROPAGATION_TARGETS` applies.
 */
export function createPropagator(
  extractContext: ExtractContext,
  scopeOf: (host: string) => HeaderScope,
): TextMapPropagator {
  return {
    inject<C>(context: Context, carrier: C, setter: TextMapSetter<C>): void {
      const span = trace.getSpan(context);
      if (isTracingSuppressed(context) || (span !== undefined && !isSpanContextValid(span.spanContext())))
        return;
      const host = span instanceof RecordedSpan ? span.remoteHost : undefined;
      const set = (name: string, value: string): void => setter.set(carrier, name, value);
      const get = readerOf(carrier);
      // OpenTelemetry's setters cannot take a header away; an empty one says nothing.
      const remove = (name: string): void => (get(name).length > 0 ? set(name, "") : undefined);
      injectContext(context, { set, setOwn: set, get, remove }, host === undefined ? "all" : scopeOf(host));
    },
    extract<C>(context: Context, carrier: C, getter: TextMapGetter<C>): Context {
      const read = (name: string): string[] => {
        const direct = getter.get(carrier, name);
        // Some getters are case-sensitive, some know no keys.
        const others =
          direct === undefined ? getter.keys(carrier).filter((key) => key.toLowerCase() === name) : [];
        const values = direct ?? others.flatMap((key) => getter.get(carrier, key) ?? []);
        return [values].flat().filter((value) => typeof value === "string");
      };
      return extractContext(context, read);
    },
    fields: () => [...TRACE_HEADERS],
  };
}

/** What a carrier holds already, where that can be seen: of plain objects and Headers only. */
function readerOf(carrier: unknown): HeaderReader {
  const isPlain = (carrier ? Object.getPrototypeOf(carrier) : undefined) === Object.prototype;
  return isPlain || carrier instanceof Headers ? readCarrier(carrier as Carrier) : () => [];
}
