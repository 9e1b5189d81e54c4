export { continueTrace, keepTrace, withSpan } from "./active-tracing.ts";
export type { EntrySettings, SpanSettings } from "./business-spans.ts";
export {
  type LoadTracingConfigOptions,
  loadTracingConfig,
  type TracingConfig,
  type TracingVariable,
} from "./config/index.ts";
export type { DropReason, ExportStats } from "./export/index.ts";
export type { StatusMeaning, StatusName, StatusRule } from "./grpc/index.ts";
export type { Logger } from "./logger.ts";
export type { Carrier } from "./propagation/index.ts";
export type { RecallCounters } from "./recall/index.ts";
export type { FlightRecordStats, KeepCounters } from "./recorder/index.ts";
export { createSanitizer, type Sanitizer, type SanitizerOptions } from "./sanitize/index.ts";
export { type StartTracingOptions, startTracing } from "./start-tracing.ts";
export { TracekeepError, type TracekeepErrorCode } from "./tracekeep-error.ts";
export type { Tracing, TracingStats } from "./tracing.ts";
