import { failureOf, isAnswer } from "../errors/index.ts";
import { describeException, type RecordedSpan } from "../spans/index.ts";
import type { GrpcInstrumentation } from "./instrumentation.ts";

/** Takes what a handler throws or rejects with, before it is noted on the span. */
export type LateFailure = (span: RecordedSpan, error: unknown) => void;

/** A handler that breaks after its answer: the caller was told OK, and no status tells of it, but the trace has failed. */
export function createLateFailure(instrumentation: GrpcInstrumentation): LateFailure {
  const { keeper, report, sanitizer, guard } = instrumentation;
  const fail = (span: RecordedSpan, error: unknown): void => {
    const { failures } = span.trace;
    if (isAnswer(error) || failures.isTolerated(error)) return;
    keeper.failed(span.trace);
    span.failedWith(error);
    const { message } = describeException(error, sanitizer);
    if (failures.passedOn(undefined, message, error) !== undefined) return;
    if (report(failureOf(span, undefined, message))) failures.reported(error);
  };
  return (span, error) => {
    if (span.answeredOk && span.cause === undefined) guard(() => fail(span, error), undefined);
  };
}
