import {
  type Context,
  createTraceState,
  propagation,
  ROOT_CONTEXT,
  type SpanContext,
  TraceFlags,
  trace,
} from "@opentelemetry/api";
import { newTraceId } from "../spans/ids.ts";
import type { RemoteParent } from "../spans/local-trace.ts";
import type { HeaderReader } from "./carrier.ts";
import { withOrigin, withoutOrigin } from "./context-keys.ts";
import { IncomingBaggage } from "./incoming-baggage.ts";
import { RequestContext } from "./request-context.ts";
import { parseSentryTrace } from "./sentry-trace.ts";
import { type TenantRule, withTenant } from "./tenant.ts";
import { parseTraceState, probabilityOf } from "./trace-state.ts";
import { parseTraceParent, type TraceParent } from "./traceparent.ts";

/** How much of an incoming trace context is believed. See `TRACE_TRUST_REMOTE`. */
export type RemoteTrust = "all" | "ids" | "none";

/**
 * Reads the trace headers of a request into a context.
 *
 * @param keepId by which the caller, one of ours, knows the trace, where it is not the trace id.
 */
export type ExtractContext = (active: Context, read: HeaderReader, keepId?: string) => Context;

/**
 * Compiles the reading of a request's trace headers.
 *
 * `traceparent` counts first, then `sentry-trace`. A header that is not valid, or that came with
 * several different values, counts as absent and costs no other one. Never throws.
 *
 * How much is believed: `all` continues ids and decision; `ids` continues the ids, the decision is made
 * here; `none` begins a new trace that links to the caller's.
 */
export function createExtractor(trust: RemoteTrust, tenant: TenantRule | undefined): ExtractContext {
  const extract = (context: Context, read: HeaderReader, keepId: string | undefined): Context => {
    const traceparent = single(read("traceparent"), parseTraceParent);
    const parent = traceparent ?? single(read("sentry-trace"), parseSentryTrace);
    const values = trust === "none" ? NONE : read("baggage");
    const incoming = values.length === 0 ? undefined : new IncomingBaggage(values);
    const baggage = tenant === undefined ? incoming : withTenant(incoming, read, tenant, trust === "all");
    if (parent === undefined || trust === "none") {
      const base = parent === undefined ? context : withOrigin(context, toSpanContext(parent, "", false));
      return baggage === undefined ? base : new RequestContext(base, trace.getSpan(base), baggage, undefined);
    }
    const traceState =
      traceparent === undefined || trust === "ids" ? "" : parseTraceState(read("tracestate"));
    const remote =
      trust === "ids" ? new UntrustedParent() : new TrustedParent(parent, traceState, incoming, keepId);
    const spanContext = toSpanContext(parent, traceState, remote.sampled === true);
    return new RequestContext(context, trace.wrapSpanContext(spanContext), baggage, remote);
  };
  return (active, read, keepId) => {
    // The baggage of another request must not travel with this one.
    const context = active === ROOT_CONTEXT ? active : withoutOrigin(propagation.deleteBaggage(active));
    try {
      return extract(context, read, keepId);
    } catch {
      // A carrier may be anything: what cannot be read says nothing.
      return context;
    }
  };
}

const NONE: readonly string[] = [];

/** A caller whose ids are continued, and nothing else: whatever else shares its trace id is another request. */
class UntrustedParent implements RemoteParent {
  readonly sampled = undefined;
  readonly probability = undefined;
  readonly traceState = "";
  readonly samplingContext = undefined;
  readonly untrusted = true;
  readonly keepId: string = newTraceId();
}

/** What a trusted caller's headers say; what is in the baggage is read when it is needed. */
class TrustedParent implements RemoteParent {
  readonly sampled: boolean | undefined;
  readonly traceState: string;
  readonly untrusted = false;
  readonly keepId: string | undefined;
  readonly #traceId: string;
  readonly #baggage: IncomingBaggage | undefined;

  constructor(
    { traceId, sampled }: TraceParent,
    traceState: string,
    baggage: IncomingBaggage | undefined,
    keepId: string | undefined,
  ) {
    this.keepId = keepId;
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
