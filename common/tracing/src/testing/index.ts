/**
 * For tests of services that are traced: takes their traces, waits for them, and expects things of them. Works in any
 * test runner, in tests that run at the same time, and for services in other processes.
 */
export type { AttributeValue, SentryErrorEvent, SpanNode, SpanRecord, Trace } from "tracekeep-viewer";
export { expectTrace, type SpanExpectation, type TraceExpectation } from "./expect-trace.ts";
export type { SpanDescription, SpanMatch } from "./span-match.ts";
export { startTraceCapture, type TraceCapture, type TraceCheck, type WaitOptions } from "./trace-capture.ts";
