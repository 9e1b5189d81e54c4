import type { ExportTraceServiceRequest, Span } from "@tracekeep/proto/otlp/v1";
import { type Attributes, attributesOf, sizeOfAttributes, textOf } from "./attributes.ts";

/** Which side of a call a span stands for. */
export type Kind = "unspecified" | "internal" | "server" | "client" | "producer" | "consumer";

/** Something that happened at one moment within a span. */
export interface SpanEvent {
  readonly name: string;
  /** Nanoseconds since the Unix epoch. */
  readonly timeNanos: bigint;
  readonly attributes: Attributes;
}

/** A related span that is not the parent. */
export interface SpanLink {
  readonly traceId: string;
  readonly spanId: string;
  readonly attributes: Attributes;
}

/** One span as it was received. Ids are lower-case hexadecimal; times are nanoseconds since the Unix epoch. */
export interface SpanRecord {
  readonly traceId: string;
  readonly spanId: string;
  /** Absent for a root span. */
  readonly parentSpanId: string | undefined;
  readonly traceState: string;
  /** Bits 0 to 7: W3C trace flags; bits 8 and 9: whether the parent is known to be remote, and is. */
  readonly flags: number;
  readonly name: string;
  readonly kind: Kind;
  readonly startNanos: bigint;
  readonly endNanos: bigint;
  readonly attributes: Attributes;
  readonly events: readonly SpanEvent[];
  readonly links: readonly SpanLink[];
  readonly status: "unset" | "ok" | "error";
  readonly statusMessage: string;
  /** The resource's service.name; "unknown" if it has none. */
  readonly service: string;
  /** The resource's attributes, shared by all spans of a request that have the same source. */
  readonly resource: Attributes;
  /** Name of the instrumentation that made the span. */
  readonly scope: string;
}

/** The spans of a request that can be stored, and how many cannot for want of a valid id. */
export interface ReceivedSpans {
  readonly spans: SpanRecord[];
  readonly rejected: number;
}

const kinds: readonly Kind[] = ["unspecified", "internal", "server", "client", "producer", "consumer"];
const statuses = ["unset", "ok", "error"] as const;

/** Takes an export request apart. Spans whose trace or span id is missing, zero or of the wrong length are rejected. */
export function spansOf(request: ExportTraceServiceRequest): ReceivedSpans {
  const spans: SpanRecord[] = [];
  let rejected = 0;
  for (const { resource: source, scopeSpans } of request.resourceSpans) {
    const resource = attributesOf(source?.attributes ?? []);
    for (const { scope, spans: received } of scopeSpans) {
      for (const span of received) {
        if (isId(span.traceId, 16) && isId(span.spanId, 8))
          spans.push(record(span, resource, scope?.name ?? ""));
        else rejected++;
      }
    }
  }
  return { spans, rejected };
}

function isId(id: Uint8Array, length: number): boolean {
  return id.length === length && id.some((byte) => byte !== 0);
}

function record(span: Span, resource: Attributes, scope: string): SpanRecord {
  return {
    traceId: span.traceId.toString("hex"),
    spanId: span.spanId.toString("hex"),
    parentSpanId: isId(span.parentSpanId, 8) ? span.parentSpanId.toString("hex") : undefined,
    traceState: span.traceState,
    flags: span.flags,
    name: span.name,
    kind: kinds[span.kind] ?? "unspecified",
    startNanos: span.startTimeUnixNano,
    endNanos: span.endTimeUnixNano,
    attributes: attributesOf(span.attributes),
    events: span.events.map((event) => ({
      name: event.name,
      timeNanos: event.timeUnixNano,
      attributes: attributesOf(event.attributes),
    })),
    links: span.links.map((link) => ({
      traceId: link.traceId.toString("hex"),
      spanId: link.spanId.toString("hex"),
      attributes: attributesOf(link.attributes),
    })),
    status: statuses[span.status?.code ?? 0] ?? "unset",
    statusMessage: span.status?.message ?? "",
    service: textOf(resource["service.name"]) ?? "unknown",
    resource,
    scope,
  };
}

/** About how many bytes a span takes in memory at most (a shared resource counts with each of its spans). */
export function sizeOfSpan(span: SpanRecord): number {
  let size = 600 + (span.name.length + span.statusMessage.length + span.traceState.length) * 2;
  size += sizeOfAttributes(span.attributes) + sizeOfAttributes(span.resource);
  for (const { name, attributes } of span.events)
    size += 100 + name.length * 2 + sizeOfAttributes(attributes);
  for (const { attributes } of span.links) size += 200 + sizeOfAttributes(attributes);
  return size;
}
