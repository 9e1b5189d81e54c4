import type { SpanNode, Trace } from "../trace/trace.ts";

/** A part of a span's own time, in nanoseconds after the trace's start. */
export interface Segment {
  readonly from: number;
  readonly to: number;
}

/** The part of a span that may be on the path: its children after `until` are not looked at. */
interface Visit {
  readonly node: SpanNode;
  readonly from: number;
  readonly until: number;
}

/**
 * The spans that a trace waited for, each with the times at which it was worked on there and in no span below: making
 * any of these shorter makes the trace shorter. Found from the end backwards: of what a span called, the one that ended
 * last, then what ended before that one began, and so on. Of several roots the first one that is longest counts.
 */
export function criticalPathOf(trace: Trace): ReadonlyMap<SpanNode, readonly Segment[]> {
  const offset = (nanos: bigint) => Number(nanos - trace.startNanos);
  const path = new Map<SpanNode, Segment[]>();
  const root = trace.roots.reduce<SpanNode | undefined>(
    (longest, next) => (longest && durationOf(longest) >= durationOf(next) ? longest : next),
    undefined,
  );
  if (!root) return path;
  const add = (node: SpanNode, from: number, to: number) => {
    if (to <= from) return;
    const segments = path.get(node);
    if (segments) segments.unshift({ from, to });
    else path.set(node, [{ from, to }]);
  };
  // A loop, not recursion: a trace may be deeper than the call stack.
  const stack: Visit[] = [
    { node: root, from: offset(root.span.startNanos), until: offset(root.span.endNanos) },
  ];
  for (let visit = stack.pop(); visit; visit = stack.pop()) {
    const { node, from } = visit;
    let cursor = visit.until;
    const byEnd = node.children.toSorted((a, b) => (a.span.endNanos < b.span.endNanos ? 1 : -1));
    for (const child of byEnd) {
      const start = Math.max(from, offset(child.span.startNanos));
      const end = Math.min(cursor, offset(child.span.endNanos));
      // It ended after what is on the path already had begun: that one was not waiting for it.
      if (offset(child.span.endNanos) > cursor && cursor < visit.until) continue;
      if (end <= start) continue;
      add(node, end, cursor);
      stack.push({ node: child, from: start, until: end });
      cursor = start;
    }
    add(node, from, cursor);
  }
  return path;
}

function durationOf({ span }: SpanNode): bigint {
  return span.endNanos - span.startNanos;
}
