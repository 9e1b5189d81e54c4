import type { CaughtException } from "../spans/index.ts";
import type { DebugImage } from "./debug-images.ts";
import type { Failure } from "./failure.ts";
import type { StackFrame } from "./stack-frames.ts";

/** What every event of a service says of it. */
export interface EventIdentity {
  readonly serviceName: string;
  readonly release: string;
  readonly environment: string;
}

/** The part of Sentry's event format that is used here. */
export interface SentryEvent {
  readonly level: "error" | "fatal";
  readonly platform: "node";
  readonly release: string;
  readonly environment: string;
  readonly transaction: string;
  readonly exception: { readonly values: readonly SentryException[] };
  readonly contexts: { readonly trace: Readonly<Record<string, string>>; readonly runtime: object };
  readonly tags: Readonly<Record<string, string>>;
  readonly fingerprint?: readonly string[];
  readonly debug_meta?: { readonly images: readonly DebugImage[] };
}

interface SentryException {
  readonly type: string;
  readonly value: string;
  readonly mechanism: { readonly type: string; readonly handled: boolean };
  readonly stacktrace?: { readonly frames: readonly unknown[] };
}

/** A failure as a Sentry error event, linked to its trace and span. Everything in it is sanitised already. */
export function toSentryEvent(
  failure: Failure,
  identity: EventIdentity,
  parseStack: (stack: string) => readonly (StackFrame | object)[],
): SentryEvent {
  const { exception, traceId, spanId, parentSpanId, method, code } = failure;
  const framesOf = ({ stack }: CaughtException) => (stack === undefined ? [] : parseStack(stack));
  const frames = framesOf(exception);
  const describe = (each: CaughtException, type: string): SentryException => {
    const own = each === exception ? frames : framesOf(each);
    return {
      type: each.type,
      value: each.message,
      mechanism: { type, handled: false },
      ...(own.length === 0 ? {} : { stacktrace: { frames: own } }),
    };
  };
  return {
    level: "error",
    platform: "node",
    release: identity.release,
    environment: identity.environment,
    transaction: method,
    // Sentry's order: the error that was thrown comes last, behind what caused it.
    exception: {
      values: [
        ...(exception.causes ?? []).map((cause) => describe(cause, "chained")).reverse(),
        describe(exception, "tracekeep"),
      ],
    },
    contexts: {
      trace: {
        trace_id: traceId,
        span_id: spanId,
        ...(parentSpanId === undefined ? {} : { parent_span_id: parentSpanId }),
      },
      runtime: { name: "node", version: process.version },
    },
    tags: {
      service: identity.serviceName,
      "rpc.method": method,
      ...(code === undefined ? {} : { "rpc.status_code": code }),
    },
    // Without frames Sentry would group by the message, which often holds an id.
    ...(frames.length === 0 ? { fingerprint: [identity.serviceName, method, code ?? exception.type] } : {}),
  };
}
