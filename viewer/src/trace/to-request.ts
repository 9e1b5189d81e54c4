import {
  type AnyValue,
  ExportTraceServiceRequest,
  type KeyValue,
  ResourceSpans,
  ScopeSpans,
  Span,
  SpanKind,
  StatusCode,
} from "@tracekeep/proto/otlp/v1";
import type { Attributes, AttributeValue } from "./attributes.ts";
import type { Kind, SpanRecord } from "./span.ts";

const KINDS: Readonly<Record<Kind, SpanKind>> = {
  unspecified: SpanKind.SPAN_KIND_UNSPECIFIED,
  internal: SpanKind.SPAN_KIND_INTERNAL,
  server: SpanKind.SPAN_KIND_SERVER,
  client: SpanKind.SPAN_KIND_CLIENT,
  producer: SpanKind.SPAN_KIND_PRODUCER,
  consumer: SpanKind.SPAN_KIND_CONSUMER,
};
const STATUSES = {
  unset: StatusCode.STATUS_CODE_UNSET,
  ok: StatusCode.STATUS_CODE_OK,
  error: StatusCode.STATUS_CODE_ERROR,
} as const;

/** The export request that brings these spans: what `spansOf` takes apart, put together again. Whole numbers go as integers, -0 as 0. */
export function requestOf(spans: readonly SpanRecord[]): ExportTraceServiceRequest {
  const bySource = Map.groupBy(spans, (span) => span.resource);
  const resourceSpans = Array.from(bySource, ([resource, ofSource]) => {
    const byScope = Map.groupBy(ofSource, (span) => span.scope);
    return ResourceSpans.fromPartial({
      resource: { attributes: pairsOf(resource) },
      scopeSpans: Array.from(byScope, ([name, ofScope]) =>
        ScopeSpans.fromPartial({ scope: { name }, spans: ofScope.map(messageOf) }),
      ),
    });
  });
  return ExportTraceServiceRequest.fromPartial({ resourceSpans });
}

function messageOf(span: SpanRecord): Span {
  return Span.fromPartial({
    traceId: Buffer.from(span.traceId, "hex"),
    spanId: Buffer.from(span.spanId, "hex"),
    parentSpanId: Buffer.from(span.parentSpanId ?? "", "hex"),
    traceState: span.traceState,
    flags: span.flags,
    name: span.name,
    kind: KINDS[span.kind],
    startTimeUnixNano: span.startNanos,
    endTimeUnixNano: span.endNanos,
    attributes: pairsOf(span.attributes),
    events: span.events.map(({ name, timeNanos, attributes }) => ({
      name,
      timeUnixNano: timeNanos,
      attributes: pairsOf(attributes),
    })),
    links: span.links.map(({ traceId, spanId, attributes }) => ({
      traceId: Buffer.from(traceId, "hex"),
      spanId: Buffer.from(spanId, "hex"),
      attributes: pairsOf(attributes),
    })),
    status: { code: STATUSES[span.status], message: span.statusMessage },
  });
}

function pairsOf(attributes: Attributes): KeyValue[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValueOf(value) }));
}

function anyValueOf(value: AttributeValue): AnyValue {
  switch (typeof value) {
    case "string":
      return { stringValue: value };
    case "boolean":
      return { boolValue: value };
    case "bigint":
      return { intValue: value };
    case "number":
      return Number.isSafeInteger(value) ? { intValue: BigInt(value) } : { doubleValue: value };
  }
  if (value === null) return {};
  if (value instanceof Uint8Array) return { bytesValue: Buffer.from(value) };
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValueOf) } };
  return { kvlistValue: { values: pairsOf(value) } };
}
