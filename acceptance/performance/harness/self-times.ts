import { type ArrivedSpan, KIND, parentOf, serviceOf } from "../../harness/stack.ts";

/** A span's own time, in milliseconds: that in which no span below it ran. */
export function selfTimeOf(span: ArrivedSpan, spans: readonly ArrivedSpan[]): number {
  let covered = span.start;
  let below = 0;
  const children = spans.filter(({ parentSpanId }) => parentSpanId === span.spanId);
  for (const child of children.toSorted((a, b) => a.start - b.start)) {
    const from = Math.max(covered, child.start);
    const to = Math.min(span.end, child.end);
    below += Math.max(0, to - from);
    covered = Math.max(covered, to);
  }
  return (span.end - span.start - below) / 1_000;
}

/**
 * What each service contributes to a trace, in milliseconds by its name, and what the way between two services does, such as
 * `gateway → ledger`: of a call's time that in which the other service did not work on it.
 */
export function contributionsOf(spans: readonly ArrivedSpan[]): Map<string, number> {
  const contributions = new Map<string, number>();
  for (const span of spans) {
    const callee = spans.find(
      ({ parentSpanId, kind }) => parentSpanId === span.spanId && kind === KIND.server,
    );
    const service = serviceOf(span);
    const part = callee === undefined ? service : `${service} → ${serviceOf(callee)}`;
    contributions.set(part, (contributions.get(part) ?? 0) + selfTimeOf(span, spans));
  }
  return contributions;
}

/** The part that contributes most. */
export function largestOf(contributions: ReadonlyMap<string, number>): string | undefined {
  return [...contributions].toSorted(([, a], [, b]) => b - a)[0]?.[0];
}

/** The span that has spent most time by itself, as `SERVICE NAME`. */
export function slowestOf(spans: readonly ArrivedSpan[]): string {
  const [slowest] = spans.toSorted((a, b) => selfTimeOf(b, spans) - selfTimeOf(a, spans));
  return slowest === undefined ? "none" : `${serviceOf(slowest)} ${slowest.name}`;
}

export function rootOf(spans: readonly ArrivedSpan[]): ArrivedSpan {
  const root = spans.find((span) => parentOf(span, spans) === undefined);
  if (root === undefined) throw new Error("the trace has no span without a parent");
  return root;
}
