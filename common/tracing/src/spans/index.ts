export { createSystemClock } from "./clock.ts";
export type { CaughtException } from "./exception.ts";
export { newTraceId } from "./ids.ts";
export { type DecisionSource, LocalTrace, type RemoteParent } from "./local-trace.ts";
export { RecordedSpan, type SpanStart } from "./span.ts";
export type { SpanEnvironment } from "./span-environment.ts";
export type { TraceDecision } from "./trace-decision.ts";
export { DEADLINE_TOLERANCE, type RelayedFailure } from "./trace-failures.ts";
export { readTraceId, type TraceIdWords } from "./trace-id.ts";
