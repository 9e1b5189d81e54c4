import { textOf } from "./attributes.ts";
import type { SpanRecord } from "./span.ts";
import type { TraceStatus } from "./status.ts";

/** Tracekeep says that the trace failed here first. */
export function isStatedRootCause(span: SpanRecord): boolean {
  return span.attributes["tracekeep.root_cause"] === true;
}

/**
 * A span that makes its trace a failed one: Tracekeep says so, or it ended in error and is no mere call to elsewhere
 * (a caller may cope with what a call answers; a client's NOT_FOUND is an error, too).
 */
export function failsTrace(span: SpanRecord): boolean {
  if (isStatedRootCause(span) || textOf(span.attributes["tracekeep.keep.reason"]) === "error") return true;
  return span.status === "error" && (span.kind !== "client" || span.parentSpanId === undefined);
}

/** The status of a trace with these spans. */
export function statusOfTrace(spans: Iterable<SpanRecord>): TraceStatus {
  let errors = false;
  for (const span of spans) {
    if (failsTrace(span)) return "failed";
    errors ||= span.status === "error";
  }
  return errors ? "errors" : "ok";
}
