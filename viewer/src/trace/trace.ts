import { textOf } from "./attributes.ts";
import type { SpanRecord } from "./span.ts";

/** A span in its place in the tree of its trace. */
export interface SpanNode {
  readonly span: SpanRecord;
  /** The node of the parent span; undefined for a root and where the parent was not received. */
  readonly parent: SpanNode | undefined;
  /** By start time, then by id. */
  readonly children: readonly SpanNode[];
  /** 0 for a root. */
  readonly depth: number;
  /** The span names a parent that was not received (it may belong to a caller that is not traced here). */
  readonly missingParent: boolean;
}

/** All that was received of one trace. */
export interface Trace {
  readonly traceId: string;
  /** Every span, each before its children; siblings by start time. */
  readonly nodes: readonly SpanNode[];
  /** Spans without a received parent, by start time. A whole trace has one. */
  readonly roots: readonly SpanNode[];
  /** Names of the services, in the order of `nodes`. */
  readonly services: readonly string[];
  /** The first deployment.environment.name found, in the order of `nodes`. */
  readonly environment: string | undefined;
  /** Earliest start and latest end, in nanoseconds since the Unix epoch. */
  readonly startNanos: bigint;
  readonly endNanos: bigint;
  /** A span has the status "error". */
  readonly failed: boolean;
  /** Spans that came again with an id already seen, and were ignored. */
  readonly duplicates: number;
}

interface MutableNode extends SpanNode {
  parent: MutableNode | undefined;
  children: MutableNode[];
  depth: number;
}

/**
 * Builds the tree of a trace from its spans, whatever their order.
 * Span ids must be unique, and there must be at least one span. Parents that form a circle are cut at the earliest
 * span, so that every span has its place.
 */
export function assembleTrace(traceId: string, spans: Iterable<SpanRecord>, duplicates = 0): Trace {
  const nodes = new Map<string, MutableNode>();
  const sorted = [...spans].sort(byStart);
  const known = new Set(sorted.map((span) => span.spanId));
  for (const span of sorted) {
    const missingParent = span.parentSpanId !== undefined && !known.has(span.parentSpanId);
    nodes.set(span.spanId, { span, parent: undefined, children: [], depth: 0, missingParent });
  }
  for (const node of nodes.values()) {
    const parent = nodes.get(node.span.parentSpanId ?? "");
    node.parent = parent;
    parent?.children.push(node);
  }
  const roots: MutableNode[] = [];
  const ordered: MutableNode[] = [];
  const placed = new Set<MutableNode>();
  const place = (root: MutableNode) => {
    cutFromParent(root);
    roots.push(root);
    descend(root, ordered, placed);
  };
  for (const node of nodes.values()) if (!node.parent) place(node);
  for (const node of nodes.values()) if (!placed.has(node)) place(firstOfCircle(node));
  return summary(
    traceId,
    ordered,
    roots.sort((a, b) => byStart(a.span, b.span)),
    duplicates,
  );
}

function cutFromParent(root: MutableNode): void {
  if (!root.parent) return;
  root.parent.children = root.parent.children.filter((child) => child !== root);
  root.parent = undefined;
}

/** Of a node whose ancestors run in a circle: the earliest node of that circle. */
function firstOfCircle(node: MutableNode): MutableNode {
  const ancestors = new Set<MutableNode>();
  let current = node;
  while (current.parent && !ancestors.has(current)) {
    ancestors.add(current);
    current = current.parent;
  }
  let first = current;
  for (let next = current.parent; next && next !== current; next = next.parent) {
    if (byStart(next.span, first.span) < 0) first = next;
  }
  return first;
}

// A loop, not recursion: a trace may be deeper than the call stack.
function descend(root: MutableNode, ordered: MutableNode[], placed: Set<MutableNode>): void {
  const stack = [root];
  for (let node = stack.pop(); node; node = stack.pop()) {
    node.depth = node.parent ? node.parent.depth + 1 : 0;
    ordered.push(node);
    placed.add(node);
    for (let index = node.children.length - 1; index >= 0; index--) {
      const child = node.children[index];
      if (child) stack.push(child);
    }
  }
}

function summary(traceId: string, nodes: SpanNode[], roots: SpanNode[], duplicates: number): Trace {
  const spans = nodes.map((node) => node.span);
  let startNanos = spans[0]?.startNanos ?? 0n;
  let endNanos = spans[0]?.endNanos ?? 0n;
  for (const span of spans) {
    if (span.startNanos < startNanos) startNanos = span.startNanos;
    if (span.endNanos > endNanos) endNanos = span.endNanos;
  }
  return {
    traceId,
    nodes,
    roots,
    services: [...new Set(spans.map((span) => span.service))],
    environment: spans.map(environmentOf).find(Boolean),
    startNanos,
    endNanos,
    failed: spans.some((span) => span.status === "error"),
    duplicates,
  };
}

/** The second key is the one before OpenTelemetry 1.27, which most SDKs' users still set. */
function environmentOf({ resource }: SpanRecord): string | undefined {
  return textOf(resource["deployment.environment.name"]) ?? textOf(resource["deployment.environment"]);
}

function byStart(a: SpanRecord, b: SpanRecord): number {
  if (a.startNanos !== b.startNanos) return a.startNanos < b.startNanos ? -1 : 1;
  if (a.spanId === b.spanId) return 0;
  return a.spanId < b.spanId ? -1 : 1;
}
