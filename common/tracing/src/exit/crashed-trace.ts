import { type Span, SpanStatusCode } from "@opentelemetry/api";
import { type Failure, failureOf } from "../errors/failure.ts";
import type { Keeper } from "../recorder/index.ts";
import { RecordedSpan } from "../spans/index.ts";
import type { OpenSpans } from "./open-spans.ts";

const CUT_OFF = "The process crashed before this was done.";

/** The trace in which something was thrown that nothing has caught. */
export class CrashedTrace {
  readonly #failing: RecordedSpan;
  readonly #open: OpenSpans;
  readonly #keeper: Keeper;
  /** An issue has been made of it before: a handler rejected after its answer, and nothing caught that. */
  readonly reported: boolean;

  private constructor(failing: RecordedSpan, error: unknown, open: OpenSpans, keeper: Keeper) {
    this.#failing = failing;
    this.#open = open;
    this.#keeper = keeper;
    this.reported = failing.trace.failures.isReported(error);
  }

  /**
   * Keeps the trace and records the exception; whether the process really dies is not known yet.
   *
   * @param active the span that was active then; nothing is done if it is not one of ours.
   */
  static note(
    active: Span | undefined,
    error: unknown,
    open: OpenSpans,
    keeper: Keeper,
  ): CrashedTrace | undefined {
    if (!(active instanceof RecordedSpan)) return undefined;
    const ofTrace = open.of(active.trace.traceId);
    // An active span may have ended: with the exception, or before it. The youngest one is nearest then.
    const failing = ofTrace.includes(active) ? active : (ofTrace[0] ?? active);
    failing.failedWith(error);
    if (failing.isRecording()) recordThrow(failing, error);
    keeper.failed(failing.trace, "crash");
    return new CrashedTrace(failing, error, open, keeper);
  }

  /** The process dies: ends what is open of it, innermost first, since nobody else will. */
  end(): void {
    this.#keeper.crashed(this.#failing.trace);
    for (const span of this.#open.of(this.#failing.trace.traceId)) cutOff(span, span !== this.#failing);
  }

  /** Of the failure. */
  get spanId(): string {
    return this.#failing.spanId;
  }

  /** What broke, for an error event. */
  failure(): Failure {
    return failureOf(this.#failing, undefined, this.#failing.exception?.message ?? "");
  }
}

/** Whatever else is under way fails with the process: whoever waits for it is told that nobody is there any more. */
export function cutOffAll(open: OpenSpans, keeper: Keeper): void {
  for (const span of open.all()) {
    keeper.failed(span.trace, "crash");
    cutOff(span, true);
  }
}

function cutOff(span: RecordedSpan, fails: boolean): void {
  if (fails) span.setStatus({ code: SpanStatusCode.ERROR, message: CUT_OFF });
  span.setClean("tracekeep.ended_by", "crash");
  span.end();
}

function recordThrow(span: RecordedSpan, error: unknown): void {
  span.recordException(error as Error);
  const { exception } = span;
  if (exception === undefined) return;
  span.setStatus({ code: SpanStatusCode.ERROR, message: exception.message });
  span.setClean("error.type", exception.type);
  const { failures } = span.trace;
  if (!failures.spanThrew(span.spanId, error, exception)) return;
  if (failures.passedOn(undefined, exception.message, error) === undefined)
    span.setClean("tracekeep.root_cause", true);
}
