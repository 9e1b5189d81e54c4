import { isStatedRootCause } from "../trace/failure.ts";
import type { SpanNode, Trace } from "../trace/trace.ts";

/** Where a trace failed first. */
export interface RootCause {
  readonly node: SpanNode;
  /** Tracekeep has marked the span; otherwise it is concluded from what was received. */
  readonly stated: boolean;
}

/**
 * The span that failed first: the one that Tracekeep marked (if several are marked, the earliest end), or else, of the
 * failed spans that have no failed span below them, the one that ended first.
 */
export function rootCauseOf(trace: Trace): RootCause | undefined {
  const stated = firstToEnd(trace.nodes.filter(({ span }) => isStatedRootCause(span)));
  if (stated) return { node: stated, stated: true };
  const passedOn = new Set<SpanNode>();
  for (const node of trace.nodes) {
    if (node.span.status !== "error") continue;
    for (let above = node.parent; above && !passedOn.has(above); above = above.parent) passedOn.add(above);
  }
  const failed = trace.nodes.filter((node) => node.span.status === "error" && !passedOn.has(node));
  const node = firstToEnd(failed);
  return node && { node, stated: false };
}

function firstToEnd(nodes: readonly SpanNode[]): SpanNode | undefined {
  return nodes.reduce<SpanNode | undefined>(
    (first, node) => (first && first.span.endNanos <= node.span.endNanos ? first : node),
    undefined,
  );
}
