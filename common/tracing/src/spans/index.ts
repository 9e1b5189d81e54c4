export { createSystemClock } from "./clock.ts";
export type { CaughtException } from "./exception.ts";
export { newTraceId } from "./ids.ts";
export type { LocalTrace, RelayedFailure, RemoteParent } from "./local-trace.ts";
export { RecordedSpan } from "./span.ts";
export type { SpanEnvironment } from "./span-environment.ts";
