import type {
  AnyValue,
  ExportTraceServiceRequest,
  KeyValue,
  ResourceSpans,
  ScopeSpans,
  Span,
} from "@tracekeep/proto/otlp/v1";

/** What JSON.stringify takes. */
export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;
/** An object of JSON values; absent fields hold undefined, which JSON.stringify leaves out. */
export interface JsonObject {
  [key: string]: JsonValue | undefined;
}

/**
 * An export request in OTLP's JSON encoding: ids in hexadecimal, 64-bit integers as strings, enums as integers,
 * bytes in base64. Stringified on one line it is what the OpenTelemetry Collector's file exporter and receiver use.
 */
export function toOtlpJson(request: ExportTraceServiceRequest): JsonObject {
  return { resourceSpans: request.resourceSpans.map(resourceSpansJson) };
}

function resourceSpansJson({ resource, scopeSpans, schemaUrl }: ResourceSpans): JsonObject {
  return {
    resource: resource && {
      attributes: resource.attributes.map(keyValueJson),
      droppedAttributesCount: orAbsent(resource.droppedAttributesCount),
    },
    scopeSpans: scopeSpans.map(scopeSpansJson),
    schemaUrl: orAbsent(schemaUrl),
  };
}

function scopeSpansJson({ scope, spans, schemaUrl }: ScopeSpans): JsonObject {
  return {
    scope: scope && {
      name: scope.name,
      version: orAbsent(scope.version),
      attributes: orAbsent(scope.attributes.map(keyValueJson)),
      droppedAttributesCount: orAbsent(scope.droppedAttributesCount),
    },
    spans: spans.map(spanJson),
    schemaUrl: orAbsent(schemaUrl),
  };
}

function spanJson(span: Span): JsonObject {
  return {
    traceId: span.traceId.toString("hex"),
    spanId: span.spanId.toString("hex"),
    traceState: orAbsent(span.traceState),
    parentSpanId: orAbsent(span.parentSpanId.toString("hex")),
    flags: orAbsent(span.flags),
    name: span.name,
    kind: span.kind,
    startTimeUnixNano: String(span.startTimeUnixNano),
    endTimeUnixNano: String(span.endTimeUnixNano),
    attributes: orAbsent(span.attributes.map(keyValueJson)),
    droppedAttributesCount: orAbsent(span.droppedAttributesCount),
    events: orAbsent(
      span.events.map((event) => ({
        timeUnixNano: String(event.timeUnixNano),
        name: event.name,
        attributes: orAbsent(event.attributes.map(keyValueJson)),
        droppedAttributesCount: orAbsent(event.droppedAttributesCount),
      })),
    ),
    droppedEventsCount: orAbsent(span.droppedEventsCount),
    links: orAbsent(
      span.links.map((link) => ({
        traceId: link.traceId.toString("hex"),
        spanId: link.spanId.toString("hex"),
        traceState: orAbsent(link.traceState),
        attributes: orAbsent(link.attributes.map(keyValueJson)),
        droppedAttributesCount: orAbsent(link.droppedAttributesCount),
        flags: orAbsent(link.flags),
      })),
    ),
    droppedLinksCount: orAbsent(span.droppedLinksCount),
    status: span.status && { code: orAbsent(span.status.code), message: orAbsent(span.status.message) },
  };
}

function keyValueJson({ key, value }: KeyValue): JsonObject {
  return { key, value: value && anyValueJson(value) };
}

function anyValueJson(value: AnyValue): JsonObject {
  return {
    stringValue: value.stringValue,
    boolValue: value.boolValue,
    intValue: value.intValue === undefined ? undefined : String(value.intValue),
    doubleValue: doubleJson(value.doubleValue),
    arrayValue: value.arrayValue && { values: value.arrayValue.values.map(anyValueJson) },
    kvlistValue: value.kvlistValue && { values: value.kvlistValue.values.map(keyValueJson) },
    bytesValue: value.bytesValue?.toString("base64"),
  };
}

function doubleJson(value: number | undefined): JsonValue | undefined {
  return value === undefined || Number.isFinite(value) ? value : String(value);
}

function orAbsent<T extends string | number | JsonValue[]>(value: T): T | undefined {
  return value === 0 || (typeof value !== "number" && value.length === 0) ? undefined : value;
}
