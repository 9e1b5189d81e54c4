import type { AttributeValue } from "@opentelemetry/api";
import { writeAttributes } from "./attributes.ts";
import { ProtobufWriter } from "./protobuf-writer.ts";

/** A span as it waits to be sent. */
export interface EncodedSpan {
  readonly scope: { readonly name: string; readonly version: string };
  /** An OTLP `Span` message. */
  readonly bytes: Uint8Array;
  /** Of a trace that is kept, and not just sampled. */
  readonly kept: boolean;
  readonly spans: 1;
}

/** Field numbers of the OTLP messages around spans. */
const REQUEST = { resourceSpans: 1 } as const;
const RESOURCE_SPANS = { resource: 1, scopeSpans: 2 } as const;
const SCOPE_SPANS = { scope: 1, spans: 2 } as const;

/** Compiles the resource; the result puts encoded spans into an `ExportTraceServiceRequest`. */
export function createRequestEncoder(
  resource: Readonly<Record<string, AttributeValue>>,
): (spans: readonly EncodedSpan[]) => Buffer {
  const writer = new ProtobufWriter(64);
  writeAttributes(writer, 1, Object.entries(resource));
  const resourceBytes = writer.take();
  return (spans) => {
    const request = new ProtobufWriter(spans.reduce((sum, { bytes }) => sum + bytes.length + 8, 1_024));
    const resourceSpans = request.begin(REQUEST.resourceSpans);
    request.bytes(RESOURCE_SPANS.resource, resourceBytes);
    for (const [scope, group] of Map.groupBy(spans, (span) => span.scope)) {
      const scopeSpans = request.begin(RESOURCE_SPANS.scopeSpans);
      const message = request.begin(SCOPE_SPANS.scope);
      request.string(1, scope.name);
      request.string(2, scope.version);
      request.end(message);
      for (const { bytes } of group) request.bytes(SCOPE_SPANS.spans, bytes);
      request.end(scopeSpans);
    }
    request.end(resourceSpans);
    return request.take();
  };
}
