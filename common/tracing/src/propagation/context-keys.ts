import { type Context, createContextKey, type SpanContext, trace } from "@opentelemetry/api";
import type { RemoteParent } from "../spans/local-trace.ts";

const REMOTE_PARENT = createContextKey("tracekeep.remote-parent");
const ORIGIN = createContextKey("tracekeep.origin");

/** Notes what the caller's headers said, beside the remote span context. */
export function withRemoteParent(context: Context, remote: RemoteParent): Context {
  return context.setValue(REMOTE_PARENT, remote);
}

/** What the caller's headers said, if the context's span is still the caller's. */
export function remoteParentOf(context: Context): RemoteParent | undefined {
  return trace.getSpanContext(context)?.isRemote === true
    ? (context.getValue(REMOTE_PARENT) as RemoteParent | undefined)
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
