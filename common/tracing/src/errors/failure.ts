import {
  type CaughtException,
  describeException,
  describeOrigin,
  type RecordedSpan,
} from "../spans/index.ts";

/** Something that broke, where it broke first. */
export interface Failure {
  /** The span that failed, or the one in which the exception was thrown. */
  readonly traceId: string;
  /** The trace's, by which its decision is found. */
  readonly keepId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly exception: CaughtException;
  /** Full method name, or the span's name where there is no RPC. */
  readonly method: string;
  /** Status code name, where there is an RPC. */
  readonly code: string | undefined;
}

/** Takes failures that no other process reports; true if an issue is made of it. Never throws. */
export type ReportFailure = (failure: Failure) => boolean;

/** The failure of a span, told by the exception that it ended with, or by the throw below that it passes on; with its causes. */
export function failureOf(span: RecordedSpan, code: string | undefined, details: string): Failure {
  const { sanitizer } = span.environment;
  const thrown = span.trace.failures.originOf(span.cause, details);
  // A span that its own code has ended has taken no exception any more.
  const late = span.cause instanceof Error ? span.cause : undefined;
  const exception = span.exception ?? thrown?.exception ?? (late && describeException(late, sanitizer));
  const error = span.exception === undefined ? (thrown?.error ?? span.cause) : span.cause;
  return {
    traceId: span.trace.traceId,
    keepId: span.trace.keepId,
    spanId: thrown?.spanId ?? span.spanId,
    parentSpanId: thrown === undefined || thrown.spanId === span.spanId ? span.parentSpanId : undefined,
    exception: {
      ...(exception ?? { type: code ?? "Error", message: details, stack: undefined }),
      ...describeOrigin(error, sanitizer),
    },
    method: span.name,
    code,
  };
}
