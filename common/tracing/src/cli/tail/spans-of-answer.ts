import { decodeExportRequest, type SpanRecord, spansOf } from "tracekeep-viewer";

/** What the viewer answers of one trace: OTLP's JSON. */
export interface TraceAnswer {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly ScopeSpans[] }[];
}

interface ScopeSpans {
  readonly spans: readonly unknown[];
}

/** The decoder bounds one request, which a trace may exceed: so many spans are far below the bound. */
const SPANS_AT_ONCE = 100;

/** The spans of a trace, however many they are. Throws what decoding throws. */
export function spansOfAnswer(answer: TraceAnswer): SpanRecord[] {
  return Array.from(
    piecesOf(answer),
    (piece) => spansOf(decodeExportRequest(Buffer.from(JSON.stringify(piece)), "json")).spans,
  ).flat();
}

function* piecesOf({ resourceSpans }: TraceAnswer): Generator<TraceAnswer, void> {
  for (const ofResource of resourceSpans) {
    for (const ofScope of ofResource.scopeSpans) {
      for (let from = 0; from < ofScope.spans.length; from += SPANS_AT_ONCE) {
        const spans = ofScope.spans.slice(from, from + SPANS_AT_ONCE);
        yield { resourceSpans: [{ ...ofResource, scopeSpans: [{ ...ofScope, spans }] }] };
      }
    }
  }
}
