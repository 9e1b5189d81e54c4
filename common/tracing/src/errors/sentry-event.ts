import type { Event, StackParser } from "@sentry/core";
import type { Failure } from "./failure.ts";

/** What every event of a service says of it. */
export interface EventIdentity {
  readonly serviceName: string;
  readonly release: string;
  readonly environment: string;
}

/**
 * A failure as a Sentry error event, linked to its trace and span. Everything in it is sanitised already.
 *
 * @param parseStack undefined if Sentry's parser is not at hand; the event has no frames then.
 */
export function toSentryEvent(
  failure: Failure,
  identity: EventIdentity,
  parseStack: StackParser | undefined,
): Event {
  const { exception, traceId, spanId, parentSpanId, method, code } = failure;
  const frames = exception.stack === undefined ? [] : (parseStack?.(exception.stack) ?? []);
  return {
    level: "error",
    platform: "node",
    release: identity.release,
    environment: identity.environment,
    transaction: method,
    exception: {
      values: [
        {
          type: exception.type,
          value: exception.message,
          mechanism: { type: "tracekeep", handled: false },
          ...(frames.length === 0 ? {} : { stacktrace: { frames } }),
        },
      ],
    },
    contexts: {
      trace: {
        trace_id: traceId,
        span_id: spanId,
        ...(parentSpanId === undefined ? {} : { parent_span_id: parentSpanId }),
      },
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
