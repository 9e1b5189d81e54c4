import {
  type Attributes,
  type Context,
  type Link,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import { failureOf, isAnswer, type ReportFailure } from "./errors/index.ts";
import { type Carrier, contextWithSpan, type ExtractContext, readCarrier } from "./propagation/index.ts";
import type { Keeper } from "./recorder/index.ts";
import { describeException, RecordedSpan } from "./spans/index.ts";
import { isGenerator, traceGenerator } from "./traced-generator.ts";
import type { Contexts, ProcessingTime, TracekeepTracer } from "./tracer/index.ts";

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
  keepTrace(reason: string): boolean;
  withSpan<T>(name: string, settings: SpanSettings, fn: (span: Span) => T): T;
  continueTrace<T>(carrier: Carrier, settings: EntrySettings, fn: (span: Span) => T): T;
}

export interface BusinessSpansOptions {
  readonly tracer: TracekeepTracer;
  readonly contexts: Contexts;
  readonly extract: ExtractContext;
  readonly report: ReportFailure;
  readonly keeper: Keeper;
  readonly processing: ProcessingTime;
  /** Sanitises a text. */
  readonly clean: (text: string, limit?: number) => string;
}

export function createBusinessSpans(options: BusinessSpansOptions): BusinessSpans {
  const { tracer, contexts, extract, report, keeper, processing, clean } = options;
  const run = <T>(context: Context, name: string, settings: SpanSettings, fn: (span: Span) => T): T => {
    const begin = () => tracer.startSpan(name, { kind: SpanKind.INTERNAL, ...settings }, context);
    const span = processing.measure(begin);
    const end = () => processing.measure(() => span.end());
    const fail = (error: unknown): void =>
      processing.measure(() => {
        if (span instanceof RecordedSpan) markFailed(span, error, report, keeper);
        if (span.isRecording()) span.end();
      });
    let result: T;
    try {
      result = contexts.with(contextWithSpan(context, span), inScope, undefined, fn, span) as T;
    } catch (error) {
      fail(error);
      throw error;
    }
    if (isGenerator(result)) {
      const runInSpan = <R>(part: () => R): R => contexts.with(contextWithSpan(context, span), part);
      return traceGenerator(result, { run: runInSpan, end, fail });
    }
    if (!(result instanceof Promise)) {
      end();
      return result;
    }
    return result.then(
      (value) => {
        end();
        return value;
      },
      (error: unknown) => {
        fail(error);
        throw error;
      },
    ) as T;
  };
  return {
    keepTrace(reason) {
      const span = trace.getSpan(contexts.active());
      return span instanceof RecordedSpan && keeper.keep(span.trace, clean(String(reason), 64));
    },
    withSpan: (name, settings, fn) => run(contexts.active(), name, settings, fn),
    continueTrace: (carrier, { name, ...settings }, fn) =>
      run(
        extract(withoutSpan(contexts.active()), readCarrier(carrier)),
        name,
        { kind: SpanKind.SERVER, ...settings },
        fn,
      ),
  };
}

/** The root context has none, and a copy of it would not be known as the root. */
function withoutSpan(context: Context): Context {
  return context === ROOT_CONTEXT ? context : trace.deleteSpan(context);
}

/** Work that begins when somebody waits for it, as the queries of many database libraries, begins here and not outside. */
function inScope<T>(fn: (span: Span) => T, span: Span): T | Promise<Awaited<T>> {
  const result = fn(span);
  return isThenable(result) ? (Promise.resolve(result) as Promise<Awaited<T>>) : result;
}

/**
 * Records the exception; the first span of the trace in this process reports it, unless it came from below.
 * That the user has ended the span already makes it no less a failure.
 */
function markFailed(span: RecordedSpan, error: unknown, report: ReportFailure, keeper: Keeper): void {
  const isOpen = span.isRecording();
  span.failedWith(error);
  if (isOpen) span.recordException(error as Error);
  const exception = span.exception ?? describeException(error, span.environment.sanitizer);
  const { failures } = span.trace;
  if (isAnswer(error) || failures.isTolerated(error)) return;
  if (isOpen) {
    span.setStatus({ code: SpanStatusCode.ERROR, message: exception.message });
    span.setClean("error.type", exception.type);
  }
  keeper.failed(span.trace);
  const isInnermost = failures.spanThrew(span.spanId, error, exception);
  if (failures.passedOn(undefined, exception.message, error) !== undefined) return;
  if (isInnermost) span.setClean("tracekeep.root_cause", true);
  if (span.isLocalRoot) report(failureOf(span, undefined, exception.message));
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === "object" && value !== null && typeof (value as PromiseLike<unknown>).then === "function"
  );
}
