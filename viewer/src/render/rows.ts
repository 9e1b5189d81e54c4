import type { SpanNode, Trace } from "../trace/trace.ts";
import { countOf, formatDuration } from "./format.ts";
import { type Outcome, outcomeOf } from "./outcome.ts";
import { printable } from "./text.ts";

/** One span of a waterfall, ready to be drawn. */
export interface Row {
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

/** The spans of a trace as rows, in order, at most `most`. */
export function rowsOf(trace: Trace, most: number): Row[] {
  const range = Math.max(1, Number(trace.endNanos - trace.startNanos));
  const serviceIndex = new Map(trace.services.map((service, index) => [service, index]));
  const followed = new Map<SpanNode, readonly boolean[]>();
  const nodes = trace.nodes.slice(0, most);
  const outcomes = new Map(nodes.map((node) => [node, outcomeOf(node.span)]));
  const repeating = repeatingNodes(outcomes);
  return nodes.map((node) => {
    const { span, parent } = node;
    const name = printable(span.name) || "(no name)";
    const lines = parent ? [...(followed.get(parent) ?? []), parent.children.at(-1) !== node] : [];
    followed.set(node, lines);
    const outcome = outcomes.get(node) ?? outcomeOf(span);
    const nanos = Number(span.endNanos - span.startNanos);
    return {
      service: printable(span.service),
      serviceIndex: serviceIndex.get(span.service) ?? 0,
      name,
      shortName: name.replace(/^([\w-]+\.)+(?=[\w-]+\/)/, ""),
      outgoing: span.kind === "client" || span.kind === "producer",
      depth: node.depth,
      followed: lines,
      hasChildren: node.children.length > 0,
      start: Number(span.startNanos - trace.startNanos) / range,
      length: Math.max(0, nanos) / range,
      duration: formatDuration(nanos),
      outcome,
      reason: outcome.reason === undefined || repeating.has(node) ? undefined : printable(outcome.reason),
      missingParentId: node.missingParent ? span.parentSpanId : undefined,
    };
  });
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
