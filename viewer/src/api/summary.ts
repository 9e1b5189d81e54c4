import { keepingOf } from "../analysis/keeping.ts";
import { rootCauseOf } from "../analysis/root-cause.ts";
import { outcomeOf } from "../render/outcome.ts";
import { printable } from "../render/text.ts";
import { statusOfTrace } from "../trace/failure.ts";
import type { Trace } from "../trace/trace.ts";
import type { CauseView, TraceSummary } from "./wire.ts";

const MOST_SERVICES = 10;
const LONGEST_NAME = 300;
const cache = new WeakMap<Trace, TraceSummary>();

/** A text from outside, on one line, without characters that command or reorder. */
export function nameOf(text: string): string {
  return printable(text, LONGEST_NAME);
}

/** What the list says of a trace. */
export function summaryOf(trace: Trace): TraceSummary {
  const known = cache.get(trace);
  if (known) return known;
  const summary = summarise(trace);
  cache.set(trace, summary);
  return summary;
}

function summarise(trace: Trace): TraceSummary {
  const root = trace.roots[0]?.span;
  const { reason, weight } = keepingOf(trace);
  const status = statusOfTrace(trace.nodes.map(({ span }) => span));
  return {
    traceId: trace.traceId,
    service: nameOf(root?.service ?? ""),
    name: nameOf(root?.name ?? ""),
    services: trace.services.slice(0, MOST_SERVICES).map(nameOf),
    environment: nameOf(trace.environment ?? ""),
    startMs: Number(trace.startNanos / 1000n) / 1000,
    nanos: Math.max(0, Number(trace.endNanos - trace.startNanos)),
    spans: trace.nodes.length,
    status,
    outcome: nameOf(root ? outcomeOf(root).label : ""),
    cause: status === "ok" ? null : causeOf(trace),
    reason: reason === undefined ? null : nameOf(reason),
    weight,
  };
}

function causeOf(trace: Trace): CauseView | null {
  const cause = rootCauseOf(trace);
  if (!cause) return null;
  const { span } = cause.node;
  const { reason, label } = outcomeOf(span);
  return {
    spanId: span.spanId,
    service: nameOf(span.service),
    name: nameOf(span.name),
    reason: nameOf(reason ?? label),
    stated: cause.stated,
  };
}
