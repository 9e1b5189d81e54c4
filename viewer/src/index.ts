export { type BodyLimits, DEFAULT_BODY_LIMITS } from "./intake/body.ts";
export type { Intake, WaitOptions } from "./intake/intake.ts";
export type { AnswerFunction, ReceivedRequest, ScriptedAnswer } from "./intake/script.ts";
export { type IntakeOptions, startIntake } from "./intake/start.ts";
export type { ExportListener } from "./intake/state.ts";
export { decodeExportRequest, type OtlpEncoding } from "./otlp/decode.ts";
export { MalformedRequestError, OversizedRequestError } from "./otlp/limits.ts";
export { type JsonObject, type JsonValue, toOtlpJson } from "./otlp/to-json.ts";
export { formatDuration } from "./render/format.ts";
export { type Outcome, outcomeOf } from "./render/outcome.ts";
export { type WaterfallSvgOptions, waterfallSvg } from "./render/svg.ts";
export { type WaterfallOptions, waterfall } from "./render/waterfall.ts";
export {
  type Envelope,
  type EnvelopeItem,
  MalformedEnvelopeError,
  parseEnvelope,
} from "./sentry/envelope.ts";
export { parseErrorEvent, type SentryErrorEvent } from "./sentry/event.ts";
export { startViewer, type Viewer } from "./server/start-viewer.ts";
export type { Attributes, AttributeValue } from "./trace/attributes.ts";
export { type Kind, type SpanEvent, type SpanLink, type SpanRecord, spansOf } from "./trace/span.ts";
export type { StoreLimits, StoreStats } from "./trace/store-limits.ts";
export { assembleTrace, type SpanNode, type Trace } from "./trace/trace.ts";
