export { createSystemClock } from "./clock.ts";
export type { CaughtException } from "./exception.ts";
export { newTraceId } from "./ids.ts";
export { LocalTrace, type RelayedFailure, type RemoteParent } from "./local-trace.ts";
export { RecordedSpan } from "./span.ts";
export type { SpanEnvironment } from "./span-environment.ts";
