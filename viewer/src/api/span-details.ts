import { printable } from "../render/text.ts";
import type { Attributes, AttributeValue } from "../trace/attributes.ts";
import type { SpanRecord } from "../trace/span.ts";
import type { Trace } from "../trace/trace.ts";
import { nameOf } from "./summary.ts";
import type { AttributesView, JsonValue, SpanDetails } from "./wire.ts";

/** All that a span says; `isReceived` tells whether a linked trace can be opened. */
export function spanDetailsOf(
  span: SpanRecord,
  trace: Trace,
  isReceived: (traceId: string) => boolean,
): SpanDetails {
  const offset = (nanos: bigint) => Number(nanos - trace.startNanos);
  return {
    spanId: span.spanId,
    parentSpanId: span.parentSpanId ?? null,
    service: nameOf(span.service),
    name: printable(span.name),
    kind: span.kind,
    scope: nameOf(span.scope),
    status: span.status,
    statusMessage: span.statusMessage,
    startMs: Number(span.startNanos / 1000n) / 1000,
    start: offset(span.startNanos),
    nanos: Number(span.endNanos - span.startNanos),
    attributes: attributesView(span.attributes),
    resource: attributesView(span.resource),
    events: span.events.map(({ name, timeNanos, attributes }) => ({
      name: printable(name),
      at: offset(timeNanos),
      attributes: attributesView(attributes),
    })),
    links: span.links.map(({ traceId, spanId, attributes }) => ({
      traceId,
      spanId,
      received: isReceived(traceId),
      attributes: attributesView(attributes),
    })),
  };
}

function attributesView(attributes: Attributes): AttributesView {
  const view: Record<string, JsonValue> = Object.create(null);
  for (const [key, value] of Object.entries(attributes)) view[key] = jsonOf(value);
  return view;
}

function jsonOf(value: AttributeValue): JsonValue {
  if (typeof value === "bigint") return String(value);
  // JSON has no word for these.
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Uint8Array) return `base64:${Buffer.from(value).toString("base64")}`;
  if (Array.isArray(value)) return value.map(jsonOf);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, jsonOf(item)]));
}
