import type { ArrivedSpan } from "../../harness/intake.ts";

const KINDS = ["?", "internal", "server", "client"];

/**
 * A trace as an indented tree, the same for the same work whatever the ids, times and order of
 * arrival. A span whose parent has not arrived stands at the left with a mark.
 */
export function shapeOf(spans: readonly ArrivedSpan[]): string[] {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const below = Map.groupBy(spans, ({ parentSpanId }) => parentSpanId);
  const roots = spans.filter(({ parentSpanId }) => !ids.has(parentSpanId));
  return inOrder(roots.map((root) => treeOf(root, below))).flat();
}

/** As above, for traces that continue somebody's: their first span has a parent that nobody sends. */
function treeOf(span: ArrivedSpan, below: ReadonlyMap<string, readonly ArrivedSpan[]>): string[] {
  const children = (below.get(span.spanId) ?? []).map((child) => treeOf(child, below));
  return [lineOf(span), ...inOrder(children).flatMap((lines) => lines.map((line) => `  ${line}`))];
}

function lineOf({ resource, kind, name, status, attributes, parentSpanId }: ArrivedSpan): string {
  const code = attributes["rpc.status_code"] ?? (status.code === 2 ? "failed" : "done");
  const method = name.replace("probe.v1.ProbeService/", "");
  const isRoot = parentSpanId === "" ? " (root)" : "";
  return `${resource["service.name"]} ${KINDS[kind]} ${method} ${code}${isRoot}`;
}

function inOrder(trees: readonly string[][]): string[][] {
  return trees.toSorted((a, b) => (a.join("\n") < b.join("\n") ? -1 : 1));
}
