import {
  ATTR_DB_SYSTEM_NAME,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_OTEL_SCOPE_NAME,
  ATTR_OTEL_SCOPE_VERSION,
  ATTR_OTEL_STATUS_CODE,
  ATTR_OTEL_STATUS_DESCRIPTION,
} from "@opentelemetry/semantic-conventions";
import type { EncodedSpan } from "../otlp/index.ts";
import type { JsonValue } from "./decode-attributes.ts";
import type { DecodedLink, DecodedSpan } from "./decode-span.ts";
import { type SpanStatusName, statusOf } from "./span-status.ts";

const KINDS = ["UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"];
const STATUS_CODES = ["", "OK", "ERROR"];

/** What a transaction's trace context and its spans have in common. Undefined fields are left out: old servers take no null. */
export interface SpanBody {
  readonly trace_id: string;
  readonly span_id: string;
  readonly parent_span_id?: string;
  readonly op: string;
  readonly status: SpanStatusName;
  readonly origin: string;
  readonly data: Readonly<Record<string, JsonValue>>;
  readonly links?: readonly object[];
}

/** A span inside a transaction. */
export interface ChildSpan extends SpanBody {
  readonly description?: string;
  readonly start_timestamp: number;
  readonly timestamp: number;
}

export function toChildSpan(span: DecodedSpan, scope: EncodedSpan["scope"]): ChildSpan {
  return {
    ...toSpanBody(span, scope),
    ...(span.name === "" ? {} : { description: span.name }),
    ...timesOf(span),
  };
}

export function toSpanBody(span: DecodedSpan, scope: EncodedSpan["scope"]): SpanBody {
  return {
    trace_id: span.traceId,
    span_id: span.spanId,
    ...(span.parentSpanId === "" ? {} : { parent_span_id: span.parentSpanId }),
    op: opOf(span),
    status: statusOf(span),
    origin: textOf(span.attributes.get("sentry.origin")) ?? "manual",
    data: dataOf(span, scope),
    ...(span.links.length === 0 ? {} : { links: span.links.map(toLink) }),
  };
}

/** In seconds, with microseconds behind the point. */
export function timesOf({ start, end }: DecodedSpan): { start_timestamp: number; timestamp: number } {
  return { start_timestamp: start / 1e6, timestamp: Math.max(start, end) / 1e6 };
}

function opOf({ attributes, kind }: DecodedSpan): string {
  const named = textOf(attributes.get("sentry.op"));
  if (named !== undefined) return named;
  if (attributes.has(ATTR_DB_SYSTEM_NAME) || attributes.has("db.system")) return "db";
  if (attributes.has(ATTR_HTTP_REQUEST_METHOD))
    return KINDS[kind] === "SERVER" ? "http.server" : "http.client";
  return "default";
}

/** The attributes, and the rest of the span under the names that OpenTelemetry gives it outside of OTLP. */
function dataOf(span: DecodedSpan, scope: EncodedSpan["scope"]): Record<string, JsonValue> {
  const { attributes, kind, status, dropped } = span;
  const data: Record<string, JsonValue> = Object.fromEntries(attributes);
  data["otel.kind"] = KINDS[kind] ?? "UNSPECIFIED";
  data[ATTR_OTEL_SCOPE_NAME] = scope.name;
  if (scope.version !== "") data[ATTR_OTEL_SCOPE_VERSION] = scope.version;
  if (status.code > 0) data[ATTR_OTEL_STATUS_CODE] = STATUS_CODES[status.code] ?? "ERROR";
  if (status.message !== "") data[ATTR_OTEL_STATUS_DESCRIPTION] = status.message;
  if (dropped.attributes > 0) data["otel.dropped_attributes_count"] = dropped.attributes;
  if (dropped.events > 0) data["otel.dropped_events_count"] = dropped.events;
  if (dropped.links > 0) data["otel.dropped_links_count"] = dropped.links;
  return data;
}

function toLink({ traceId, spanId, sampled, attributes }: DecodedLink): object {
  return {
    trace_id: traceId,
    span_id: spanId,
    sampled,
    ...(attributes.size === 0 ? {} : { attributes: Object.fromEntries(attributes) }),
  };
}

function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
