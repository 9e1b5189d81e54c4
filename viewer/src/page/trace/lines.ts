import type { SpanView } from "../../api/wire.ts";

/** A line of the waterfall: a span, a parent that was not received, or what went wrong in the span above. */
export type Line =
  | { readonly kind: "span"; readonly span: SpanView; readonly folded: number }
  | { readonly kind: "missing"; readonly span: SpanView; readonly id: string }
  | { readonly kind: "note"; readonly span: SpanView; readonly text: string };

/**
 * The lines of a trace whose spans stand each before those below it. What is below a folded span is left out;
 * `folded` counts it. The reason of the failure stands below the span that failed first.
 */
export function linesOf(
  spans: readonly SpanView[],
  folded: ReadonlySet<string>,
  causeId: string | undefined,
): Line[] {
  const lines: Line[] = [];
  for (let index = 0; index < spans.length; index++) {
    const span = spans[index];
    if (!span) continue;
    if (span.missingParent) lines.push({ kind: "missing", span, id: span.missingParent });
    const below = folded.has(span.id) ? countBelow(spans, index) : 0;
    lines.push({ kind: "span", span, folded: below });
    if (span.id === causeId && span.reason) lines.push({ kind: "note", span, text: span.reason });
    index += below;
  }
  return lines;
}

function countBelow(spans: readonly SpanView[], index: number): number {
  const depth = spans[index]?.depth ?? 0;
  let end = index + 1;
  while ((spans[end]?.depth ?? -1) > depth) end++;
  return end - index - 1;
}
