import {
  type Context,
  createTraceState,
  propagation,
  type SpanContext,
  TraceFlags,
  trace,
} from "@opentelemetry/api";
import type { RemoteParent } from "../spans/local-trace.ts";
import type { HeaderReader } from "./carrier.ts";
import { withOrigin, withoutOrigin } from "./context-keys.ts";
import { IncomingBaggage } from "./incoming-baggage.ts";
import { RequestContext } from "./request-context.ts";
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
  const values = read("baggage");
  const baggage = values.length === 0 ? undefined : new IncomingBaggage(values);
  if (parent === undefined)
    return baggage === undefined
      ? context
      : new RequestContext(context, trace.getSpan(context), baggage, undefined);
  const traceState = traceparent === undefined || trust === "ids" ? "" : parseTraceState(read("tracestate"));
  const remote = trust === "ids" ? UNTRUSTED : new TrustedParent(parent, traceState, baggage);
  const spanContext = toSpanContext(parent, traceState, remote.sampled === true);
  return new RequestContext(context, trace.wrapSpanContext(spanContext), baggage, remote);
}

const UNTRUSTED: RemoteParent = {
  sampled: undefined,
  probability: undefined,
  traceState: "",
  samplingContext: undefined,
  untrusted: true,
};

/** What a trusted caller's headers say; what is in the baggage is read when it is needed. */
class TrustedParent implements RemoteParent {
  readonly sampled: boolean | undefined;
  readonly traceState: string;
  readonly untrusted = false;
  readonly #traceId: string;
  readonly #baggage: IncomingBaggage | undefined;

  constructor({ traceId, sampled }: TraceParent, traceState: string, baggage: IncomingBaggage | undefined) {
    this.sampled = sampled;
    this.traceState = traceState;
    this.#traceId = traceId;
    this.#baggage = baggage;
  }

  get probability(): number | undefined {
    return probabilityOf(this.traceState) ?? this.#baggage?.rate;
  }

  get samplingContext(): string | undefined {
    return this.#baggage?.samplingContextOf(this.#traceId);
  }
}

/** The one valid value among the values of a header, which may also be joined by commas. */
function single(
  values: readonly string[],
  parse: (value: string) => TraceParent | undefined,
): TraceParent | undefined {
  if (values.length === 0) return undefined;
  if (values.length === 1) {
    const only = parse(values[0] as string);
    if (only !== undefined) return only;
  }
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
