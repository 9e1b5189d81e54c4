import {
  type Baggage,
  type Context,
  createTraceState,
  propagation,
  type SpanContext,
  TraceFlags,
  trace,
} from "@opentelemetry/api";
import type { RemoteParent } from "../spans/local-trace.ts";
import { joinMembers, parseBaggage, toBaggage } from "./baggage-header.ts";
import type { HeaderReader } from "./carrier.ts";
import { withOrigin, withoutOrigin, withRemoteParent } from "./context-keys.ts";
import { rateOf } from "./sampling-context.ts";
import { parseSentryTrace } from "./sentry-trace.ts";
import { parseTraceState, probabilityOf } from "./trace-state.ts";
import { parseTraceParent, type TraceParent } from "./traceparent.ts";

/** How much of an incoming trace context is believed. See `TRACE_TRUST_REMOTE`. */
export type RemoteTrust = "all" | "ids" | "none";

/**
 * Reads the trace headers of a request into a context.
 *
 * `traceparent` counts first, then `sentry-trace`. A header that is not valid, or that came with
 * several different values, counts as absent and costs no other one. Never throws.
 *
 * How much is believed: `all` continues ids and decision; `ids` continues the ids, the decision is made
 * here; `none` begins a new trace that links to the caller's.
 */
export function extractContext(active: Context, read: HeaderReader, trust: RemoteTrust): Context {
  // The baggage of another request must not travel with this one.
  const context = withoutOrigin(propagation.deleteBaggage(active));
  const traceparent = single(read("traceparent"), parseTraceParent);
  const parent = traceparent ?? single(read("sentry-trace"), parseSentryTrace);
  if (trust === "none")
    return parent === undefined ? context : withOrigin(context, toSpanContext(parent, "", false));
  const header = parseBaggage(read("baggage"));
  const baggage = toBaggage(header.others);
  const withUserBaggage = baggage === undefined ? context : setBaggage(context, baggage);
  if (parent === undefined) return withUserBaggage;
  const traceState = traceparent === undefined ? "" : parseTraceState(read("tracestate"));
  const remote =
    trust === "ids"
      ? UNTRUSTED
      : {
          sampled: parent.sampled,
          probability: probabilityOf(traceState) ?? rateOf(header.sentry),
          traceState,
          samplingContext: samplingContextOf(header.sentry, parent.traceId),
          untrusted: false,
        };
  const spanContext = toSpanContext(parent, remote.traceState, remote.sampled === true);
  return withRemoteParent(trace.setSpanContext(withUserBaggage, spanContext), remote);
}

/** A context of another trace tells nothing of this one. */
function samplingContextOf(members: ReadonlyMap<string, string>, traceId: string): string | undefined {
  const own = members.get("sentry-trace_id");
  return members.size === 0 || (own !== undefined && own !== traceId) ? undefined : joinMembers(members);
}

const UNTRUSTED: RemoteParent = {
  sampled: undefined,
  probability: undefined,
  traceState: "",
  samplingContext: undefined,
  untrusted: true,
};

/** The one valid value among the values of a header, which may also be joined by commas. */
function single(
  values: readonly string[],
  parse: (value: string) => TraceParent | undefined,
): TraceParent | undefined {
  if (values.length === 0) return undefined;
  const distinct = new Set(
    values.flatMap((value) => (value.length > 4_096 ? [] : value.split(","))).map((value) => value.trim()),
  );
  const [only] = distinct;
  return distinct.size === 1 && only !== undefined ? parse(only) : undefined;
}

function toSpanContext({ traceId, spanId }: TraceParent, traceState: string, sampled: boolean): SpanContext {
  return {
    traceId,
    spanId,
    traceFlags: sampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
    isRemote: true,
    ...(traceState === "" ? {} : { traceState: createTraceState(traceState) }),
  };
}

function setBaggage(context: Context, baggage: Baggage): Context {
  return propagation.setBaggage(context, baggage);
}
