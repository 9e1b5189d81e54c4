import { type Context, createContextKey, type SpanContext, trace } from "@opentelemetry/api";
import type { RemoteParent } from "../spans/local-trace.ts";
import { RequestContext } from "./request-context.ts";

const ORIGIN = createContextKey("tracekeep.origin");

/** What the caller's headers said, if the context's span is still the caller's. */
export function remoteParentOf(context: Context): RemoteParent | undefined {
  return context instanceof RequestContext && trace.getSpanContext(context)?.isRemote === true
    ? context.remote
    : undefined;
}

/** Notes the span of a caller that is not trusted: the new trace's first span links to it. */
export function withOrigin(context: Context, origin: SpanContext): Context {
  return trace.deleteSpan(context).setValue(ORIGIN, origin);
}

export function originOf(context: Context): SpanContext | undefined {
  return context.getValue(ORIGIN) as SpanContext | undefined;
}

export function withoutOrigin(context: Context): Context {
  return context.getValue(ORIGIN) === undefined ? context : context.deleteValue(ORIGIN);
}
