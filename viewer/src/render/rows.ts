import type { SpanNode, Trace } from "../trace/trace.ts";
import { countOf, formatDuration } from "./format.ts";
import { type Line, layOut, spansOfLine } from "./layout.ts";
import { type Outcome, outcomeOf } from "./outcome.ts";
import { printable } from "./text.ts";

/** One line of a waterfall, ready to be drawn: a span, or several that are folded. */
export interface Row {
  /** How many spans the line stands for. */
  readonly spans: number;
  readonly service: string;
  /** Index of the service in the trace: the same service has the same colour. */
  readonly serviceIndex: number;
  /** The span's name. */
  readonly name: string;
  /** The name, of a gRPC method without its package. */
  readonly shortName: string;
  /** The span is a call to elsewhere. */
  readonly outgoing: boolean;
  readonly depth: number;
  /** For each ancestor from the root's children on, and the span itself: whether a sibling follows. */
  readonly followed: readonly boolean[];
  readonly hasChildren: boolean;
  /** Begin and length of the bar, from 0 to 1 of the trace's duration. */
  readonly start: number;
  readonly length: number;
  readonly duration: string;
  readonly outcome: Outcome;
  /** What went wrong, unless a span below says it: each reason is read where it came from. */
  readonly reason: string | undefined;
  /** Id of the parent that was not received. */
  readonly missingParentId: string | undefined;
}

/** The spans of a trace as rows, in order, at most `most`; see `layOut` for `foldAfter`. */
export function rowsOf(trace: Trace, most: number, foldAfter = Number.POSITIVE_INFINITY): Row[] {
  const range = Math.max(1, Number(trace.endNanos - trace.startNanos));
  const serviceIndex = new Map(trace.services.map((service, index) => [service, index]));
  const lines = layOut(trace, foldAfter).slice(0, most);
  const outcomes = new Map(lines.map(({ node }) => [node, outcomeOf(node.span)]));
  const repeating = repeatingNodes(outcomes);
  return lines.map((line) => {
    const { node, folded, followed } = line;
    const { span } = node;
    const name = folded ? `… ${folded.length} more like this` : printable(span.name) || "(no name)";
    const outcome = outcomes.get(node) ?? outcomeOf(span);
    const { start, nanos } = extentOf(line);
    const reason = folded || repeating.has(node) ? undefined : outcome.reason;
    return {
      spans: spansOfLine(line),
      service: printable(span.service),
      serviceIndex: serviceIndex.get(span.service) ?? 0,
      name,
      shortName: name.replace(/^([\w-]+\.)+(?=[\w-]+\/)/, ""),
      outgoing: !folded && (span.kind === "client" || span.kind === "producer"),
      depth: node.depth,
      followed,
      hasChildren: !folded && node.children.length > 0,
      start: Number(start - trace.startNanos) / range,
      length: Math.max(0, nanos) / range,
      duration: formatDuration(nanos),
      outcome: { ...outcome, label: printable(outcome.label) },
      reason: reason === undefined ? undefined : printable(reason),
      missingParentId: !folded && node.missingParent ? span.parentSpanId : undefined,
    };
  });
}

/** From the first start to the last end of what a line stands for. */
function extentOf({ node, folded = [node] }: Line): { start: bigint; nanos: number } {
  let { startNanos: start, endNanos: end } = node.span;
  for (const { span } of folded) {
    if (span.startNanos < start) start = span.startNanos;
    if (span.endNanos > end) end = span.endNanos;
  }
  return { start, nanos: Number(end - start) };
}

/** How many spans of a trace are in none of the rows. */
export function spansLeftOut(trace: Trace, rows: readonly Row[]): number {
  return rows.reduce((rest, row) => rest - row.spans, trace.nodes.length);
}

/** What a heading says about a trace, in the order of importance. */
export function headingParts(trace: Trace): string[] {
  const parts = [
    `Trace ${trace.traceId}`,
    formatDuration(trace.endNanos - trace.startNanos),
    countOf(trace.nodes.length, "span"),
    countOf(trace.services.length, "service"),
  ];
  if (trace.environment) parts.push(printable(trace.environment));
  const missing = trace.roots.filter((root) => root.missingParent).length;
  if (missing > 0) parts.push(`${countOf(missing, "parent")} not received`);
  if (trace.duplicates > 0) parts.push(`${countOf(trace.duplicates, "duplicate")} ignored`);
  return parts;
}

/** Nodes whose reason is also said by a node below them. */
function repeatingNodes(outcomes: ReadonlyMap<SpanNode, Outcome>): Set<SpanNode> {
  const repeating = new Set<SpanNode>();
  for (const [node, { reason }] of outcomes) {
    if (reason === undefined) continue;
    for (let above = node.parent; above; above = above.parent) {
      const repeated = outcomes.get(above)?.reason;
      if (repeated !== undefined && reason.includes(repeated)) repeating.add(above);
    }
  }
  return repeating;
}
