import type { SpanNode, Trace } from "../trace/trace.ts";
import { outcomeOf } from "./outcome.ts";

/** A line of a waterfall: a span, or several that are folded into one line. */
export interface Line {
  /** The span; of those that are folded, the first. */
  readonly node: SpanNode;
  /** The siblings that this line stands for; undefined: only the span itself. */
  readonly folded: readonly SpanNode[] | undefined;
  /** For each ancestor from the root's children on, and the line itself: whether a sibling follows. */
  readonly followed: readonly boolean[];
}

type Place = Pick<Line, "node" | "folded">;

/**
 * The lines of a trace, each before those below it. Of siblings that are alike, down to the last span below them, the
 * first `foldAfter` are shown and the others folded into a line behind these.
 */
export function layOut(trace: Trace, foldAfter: number): Line[] {
  const alike = Number.isFinite(foldAfter) ? shapesOf(trace) : undefined;
  const placesOf = (nodes: readonly SpanNode[]) =>
    alike ? foldAlike(nodes, foldAfter, alike) : nodes.map((node) => ({ node, folded: undefined }));
  const lines: Line[] = [];
  // A loop, not recursion: a trace may be deeper than the call stack.
  const stack: Line[] = placesOf(trace.roots).map((place) => ({ ...place, followed: [] }));
  stack.reverse();
  for (let line = stack.pop(); line; line = stack.pop()) {
    lines.push(line);
    if (line.folded) continue;
    const { followed } = line;
    const below = placesOf(line.node.children);
    const last = below.length - 1;
    for (const [index, place] of [...below.entries()].reverse()) {
      stack.push({ ...place, followed: [...followed, index < last] });
    }
  }
  return lines;
}

/** One that is left over is shown: its line would be no shorter than the one that says so. */
const FEWEST_FOLDED = 2;

function foldAlike(
  nodes: readonly SpanNode[],
  foldAfter: number,
  shapes: ReadonlyMap<SpanNode, number>,
): Place[] {
  const groups = Map.groupBy(nodes, (node) => shapes.get(node));
  const shown = new Map<number | undefined, number>();
  return nodes.flatMap((node): Place[] => {
    const shape = shapes.get(node);
    const group = groups.get(shape) ?? [];
    const count = (shown.get(shape) ?? 0) + 1;
    shown.set(shape, count);
    const place = { node, folded: undefined };
    if (count < foldAfter || group.length < foldAfter + FEWEST_FOLDED) return [place];
    if (count > foldAfter) return [];
    const folded = group.slice(foldAfter);
    return [place, ...folded.slice(0, 1).map((first) => ({ node: first, folded }))];
  });
}

/** A number for each span: the same for spans that say the same and have alike spans below them, in any order. */
function shapesOf(trace: Trace): ReadonlyMap<SpanNode, number> {
  const known = new Map<string, number>();
  const shapes = new Map<SpanNode, number>();
  for (const node of trace.nodes.toReversed()) {
    const { service, kind, name } = node.span;
    const { label, failed, reason } = outcomeOf(node.span);
    const below = node.children.map((child) => shapes.get(child) ?? 0).sort((a, b) => a - b);
    const description = JSON.stringify([service, kind, name, label, failed, reason, below]);
    const shape = known.get(description) ?? known.size + 1;
    known.set(description, shape);
    shapes.set(node, shape);
  }
  return shapes;
}

/** How many spans a line stands for, those below it in a fold included. */
export function spansOfLine({ folded }: Line): number {
  if (!folded) return 1;
  let count = 0;
  const stack = [...folded];
  for (let node = stack.pop(); node; node = stack.pop()) {
    count++;
    stack.push(...node.children);
  }
  return count;
}
