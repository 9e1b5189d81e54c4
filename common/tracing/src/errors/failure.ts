import type { CaughtException, RecordedSpan } from "../spans/index.ts";

/** Something that broke, where it broke first. */
export interface Failure {
  /** The span that failed, or the one in which the exception was thrown. */
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly exception: CaughtException;
  /** Full method name, or the span's name where there is no RPC. */
  readonly method: string;
  /** Status code name, where there is an RPC. */
  readonly code: string | undefined;
}

/** Takes failures that no other process reports. Never throws. */
export type ReportFailure = (failure: Failure) => void;

/** The failure of a span, told by the exception thrown below it if there was one. */
export function failureOf(span: RecordedSpan, code: string | undefined, details: string): Failure {
  const { thrown } = span.trace.failures;
  const exception = span.exception ?? thrown?.exception;
  return {
    traceId: span.trace.traceId,
    spanId: thrown === undefined ? span.spanId : thrown.spanId,
    parentSpanId: thrown === undefined || thrown.spanId === span.spanId ? span.parentSpanId : undefined,
    exception: exception ?? { type: code ?? "Error", message: details, stack: undefined },
    method: span.name,
    code,
  };
}
