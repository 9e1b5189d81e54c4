import {
  type Attributes,
  type Context,
  type Link,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import { failureOf, isAnswer, type ReportFailure } from "./errors/index.ts";
import { type Carrier, extractContext, type RemoteTrust, readCarrier } from "./propagation/index.ts";
import { RecordedSpan } from "./spans/index.ts";
import type { Contexts, TracekeepTracer } from "./tracer/index.ts";

/** What a span of the user's may have from its start. */
export interface SpanSettings {
  /** Default `SpanKind.INTERNAL`. */
  readonly kind?: SpanKind;
  /** Sanitised like all attributes. */
  readonly attributes?: Attributes;
  readonly links?: Link[];
}

/** An entry into the service that is not gRPC. */
export interface EntrySettings extends SpanSettings {
  /** The span's name: a route or a job, without ids. */
  readonly name: string;
}

export interface BusinessSpans {
  withSpan<T>(name: string, settings: SpanSettings, fn: (span: Span) => T): T;
  continueTrace<T>(carrier: Carrier, settings: EntrySettings, fn: (span: Span) => T): T;
}

export function createBusinessSpans(
  tracer: TracekeepTracer,
  contexts: Contexts,
  trust: RemoteTrust,
  report: ReportFailure,
): BusinessSpans {
  const run = <T>(context: Context, name: string, settings: SpanSettings, fn: (span: Span) => T): T => {
    const span = tracer.startSpan(name, { kind: SpanKind.INTERNAL, ...settings }, context);
    const fail = (error: unknown): void => {
      if (span instanceof RecordedSpan) markFailed(span, error, report);
      span.end();
    };
    let result: T;
    try {
      result = contexts.with(trace.setSpan(context, span), fn, undefined, span);
    } catch (error) {
      fail(error);
      throw error;
    }
    if (!isThenable(result)) {
      span.end();
      return result;
    }
    return Promise.resolve(result).then(
      (value) => {
        span.end();
        return value;
      },
      (error: unknown) => {
        fail(error);
        throw error;
      },
    ) as T;
  };
  return {
    withSpan: (name, settings, fn) => run(contexts.active(), name, settings, fn),
    continueTrace: (carrier, { name, ...settings }, fn) =>
      run(
        extractContext(trace.deleteSpan(contexts.active()), readCarrier(carrier), trust),
        name,
        { kind: SpanKind.SERVER, ...settings },
        fn,
      ),
  };
}

/** Records the exception; the first span of the trace in this process reports it, unless it came from below. */
function markFailed(span: RecordedSpan, error: unknown, report: ReportFailure): void {
  if (span.endTime !== undefined) return;
  span.failedWith(error);
  span.recordException(error as Error);
  const { exception } = span;
  if (exception === undefined || isAnswer(error)) return;
  span.setStatus({ code: SpanStatusCode.ERROR, message: exception.message });
  span.setClean("error.type", exception.type);
  const { failures } = span.trace;
  failures.spanThrew(span.spanId, error, exception);
  if (span.isLocalRoot && failures.passedOn(undefined, exception.message, error) === undefined)
    report(failureOf(span, undefined, exception.message));
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === "object" && value !== null && typeof (value as PromiseLike<unknown>).then === "function"
  );
}
