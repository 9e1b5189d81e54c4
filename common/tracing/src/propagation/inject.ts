import { type Context, propagation, TraceFlags, trace } from "@opentelemetry/api";
import { RecordedSpan } from "../spans/span.ts";
import { formatBaggage, fromBaggage, parseBaggage } from "./baggage-header.ts";
import { originOf, remoteParentOf } from "./context-keys.ts";
import { formatSentryTrace } from "./sentry-trace.ts";
import type { HeaderScope } from "./targets.ts";
import { withProbability } from "./trace-state.ts";
import { areValidIds, formatTraceParent } from "./traceparent.ts";

/** Writes headers; each replaces all values that it had. */
export interface HeaderWriter {
  set(name: string, value: string): void;
  /** The same for a value of Tracekeep's own making, of characters that every header takes. */
  setOwn(name: string, value: string): void;
  /** The values of a header that the user has set already. */
  get(name: string): readonly string[];
  remove(name: string): void;
}

const ID_HEADERS = ["traceparent", "tracestate", "sentry-trace"];

/** A context as it travels. */
interface Outgoing {
  readonly traceId: string;
  readonly spanId: string;
  /** Undefined: still open, as the caller left it. */
  readonly sampled: boolean | undefined;
  readonly traceState: string;
  readonly samplingContext: string;
}

/**
 * Writes the context's trace into the headers of a request: `traceparent`, `tracestate`, `sentry-trace`
 * and one `baggage` header that holds the user's members (those already in the header first in
 * importance, then those of the context) and one set of Sentry's. Never throws on odd values.
 */
export function injectContext(context: Context, headers: HeaderWriter, scope: HeaderScope): void {
  if (scope === "none") return;
  const outgoing = outgoingOf(context);
  if (outgoing !== undefined) writeIds(outgoing, headers);
  // Of a caller whose trace is not continued here nothing goes on, though a handler may pass on its metadata.
  else if (originOf(context) !== undefined) for (const name of ID_HEADERS) headers.remove(name);
  const sentry = outgoing?.samplingContext ?? "";
  const present = headers.get("baggage");
  const active = propagation.getBaggage(context);
  if (sentry === "" && present.length === 0 && active === undefined) return;
  if (present.length === 0 && (active === undefined || scope === "sentry-baggage")) {
    if (sentry !== "") headers.setOwn("baggage", sentry);
    return;
  }
  const others = fromBaggage(active);
  const own = new Map(parseBaggage(present).others);
  if (scope === "sentry-baggage") {
    // A handler that passes its own metadata on has its caller's in it; what is set by hand is the user's decision.
    for (const [key, value] of own) if (others.get(key) === value) own.delete(key);
    others.clear();
  }
  for (const [key, value] of own) others.set(key, value);
  const baggage = formatBaggage(sentry, others);
  // Read by our parser or encoded by us, to the last member.
  if (baggage !== "") headers.setOwn("baggage", baggage);
  else if (present.length > 0) headers.remove("baggage");
}

function writeIds(outgoing: Outgoing, headers: HeaderWriter): void {
  const { traceId, spanId, sampled, traceState } = outgoing;
  headers.setOwn("sentry-trace", formatSentryTrace(traceId, spanId, sampled));
  // W3C's header cannot say "open": Sentry's alone does then.
  if (sampled === undefined) headers.remove("traceparent");
  else headers.setOwn("traceparent", formatTraceParent(traceId, spanId, sampled));
  // What a handler passes on of its caller's metadata is of another span, and maybe of another trace.
  if (sampled === undefined || traceState === "") headers.remove("tracestate");
  else headers.set("tracestate", traceState);
}

function outgoingOf(context: Context): Outgoing | undefined {
  const span = trace.getSpan(context);
  if (span instanceof RecordedSpan) {
    const { traceId, sampled, traceState, samplingContext, decision } = span.trace;
    // From now on whoever is called is to send its spans, and with the weight of a kept trace.
    if (decision?.kept === true)
      return {
        traceId,
        spanId: span.spanId,
        sampled: true,
        traceState: withProbability(traceState, decision.probability),
        samplingContext,
      };
    return { traceId, spanId: span.spanId, sampled, traceState, samplingContext };
  }
  const spanContext = span?.spanContext();
  if (spanContext === undefined || !areValidIds(spanContext.traceId, spanContext.spanId)) return undefined;
  const remote = remoteParentOf(context);
  return {
    traceId: spanContext.traceId,
    spanId: spanContext.spanId,
    sampled:
      remote === undefined
        ? (spanContext.traceFlags & TraceFlags.SAMPLED) === TraceFlags.SAMPLED
        : remote.sampled,
    traceState: remote?.traceState ?? spanContext.traceState?.serialize() ?? "",
    samplingContext: remote?.samplingContext ?? "",
  };
}
