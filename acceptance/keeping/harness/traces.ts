import type { ArrivedSpan } from "../../../common/tracing/test/harness/intake.ts";

const KINDS = ["unspecified", "internal", "server", "client"];

/** The arrived spans by trace id. */
export function tracesOf(spans: readonly ArrivedSpan[]): Map<string, ArrivedSpan[]> {
  return Map.groupBy(spans, ({ traceId }) => traceId);
}

/**
 * A trace as an indented text, a line a span: service, kind, name and status, below the span that called it.
 * Spans that arrived twice stand there twice; where a parent is missing, its id stands there.
 */
export function drawTrace(spans: readonly ArrivedSpan[]): string {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const draw = (parentSpanId: string, indent: string): string[] =>
    spans
      .filter((span) => span.parentSpanId === parentSpanId)
      .toSorted((a, b) => a.start - b.start)
      .flatMap((span) => [`${indent}${describe(span)}`, ...draw(span.spanId, `${indent}  `)]);
  const above = new Set(spans.map((span) => span.parentSpanId).filter((id) => !ids.has(id)));
  return [...above].flatMap((parent) => [`below ${parent || "nothing"}`, ...draw(parent, "  ")]).join("\n");
}

function describe({ kind, name, status, resource }: ArrivedSpan): string {
  return `${resource["service.name"]} ${KINDS[kind]} ${name} ${status.code} ${status.message}`.trim();
}
