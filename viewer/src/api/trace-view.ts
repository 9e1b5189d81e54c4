import { clockSkewsOf } from "../analysis/clock-skew.ts";
import { criticalPathOf, type Segment } from "../analysis/critical-path.ts";
import { keepingOf } from "../analysis/keeping.ts";
import { outcomeOf } from "../render/outcome.ts";
import type { SentryErrorEvent } from "../sentry/event.ts";
import type { SpanNode, Trace } from "../trace/trace.ts";
import { nameOf, summaryOf } from "./summary.ts";
import type { SpanView, TraceView } from "./wire.ts";

const MOST_SPANS = 50_000;
const MOST_EVENTS = 20;

/** A trace as the page shows it; `events` are the Sentry error events that belong to it. */
export function traceViewOf(trace: Trace, events: readonly SentryErrorEvent[]): TraceView {
  const critical = criticalPathOf(trace);
  const services = new Map(trace.services.map((service, index) => [service, index]));
  const shown = trace.nodes.slice(0, MOST_SPANS);
  const keeping = keepingOf(trace);
  return {
    summary: summaryOf(trace),
    services: trace.services.map(nameOf),
    spans: shown.map((node) =>
      spanViewOf(node, trace, services.get(node.span.service) ?? 0, critical.get(node) ?? []),
    ),
    leftOut: trace.nodes.length - shown.length,
    duplicates: trace.duplicates,
    missingParents: trace.roots.filter((root) => root.missingParent).length,
    keeping: { ...keeping, reason: keeping.reason === undefined ? null : nameOf(keeping.reason) },
    skews: clockSkewsOf(trace).map(({ service, caller, aheadNanos }) => ({
      service: nameOf(service),
      caller: nameOf(caller),
      aheadNanos,
    })),
    issues: events.map((event) => ({
      eventId: nameOf(event.eventId),
      spanId: nameOf(event.trace?.spanId ?? ""),
      title: nameOf(titleOf(event)),
    })),
  };
}

function titleOf({ exceptions, message }: SentryErrorEvent): string {
  const thrown = exceptions.at(-1);
  return thrown ? `${thrown.type}: ${thrown.value}` : (message ?? "an event without a message");
}

function spanViewOf(
  { span, depth, children, missingParent }: SpanNode,
  trace: Trace,
  service: number,
  critical: readonly Segment[],
): SpanView {
  const { label, failed, reason } = outcomeOf(span);
  const offset = (nanos: bigint) => Number(nanos - trace.startNanos);
  return {
    id: span.spanId,
    depth,
    children: children.length,
    service,
    name: nameOf(span.name) || "(no name)",
    kind: span.kind,
    start: offset(span.startNanos),
    nanos: Number(span.endNanos - span.startNanos),
    outcome: nameOf(label),
    failed,
    ...(reason === undefined ? {} : { reason: nameOf(reason) }),
    ...(missingParent && span.parentSpanId !== undefined ? { missingParent: span.parentSpanId } : {}),
    ...(critical.length === 0 ? {} : { critical: critical.map(({ from, to }) => [from, to] as const) }),
    ...(span.events.length === 0
      ? {}
      : { events: span.events.slice(0, MOST_EVENTS).map(({ timeNanos }) => offset(timeNanos)) }),
    ...(span.links.length === 0 ? {} : { links: span.links.length }),
  };
}
