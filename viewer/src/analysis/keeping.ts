import { textOf } from "../trace/attributes.ts";
import type { Trace } from "../trace/trace.ts";
import { weightOf } from "./weight.ts";

/** Why a trace was sent, and what of it was not. */
export interface Keeping {
  /** `error`, `slow`, `retry`, `upstream`, or what `keepTrace` was given; undefined: it was sampled. */
  readonly reason: string | undefined;
  /** How many traces this one stands for. */
  readonly weight: number;
  /** Spans that a service had to leave out, because the trace is too large. */
  readonly droppedSpans: number;
  /** A process died of an uncaught error in the middle of the trace. */
  readonly crashed: boolean;
}

/** Reads why a trace was sent from the attributes that Tracekeep writes. */
export function keepingOf({ nodes }: Trace): Keeping {
  let reason: string | undefined;
  let droppedSpans = 0;
  let crashed = false;
  for (const { span } of nodes) {
    const own = textOf(span.attributes["tracekeep.keep.reason"]);
    // "upstream" only repeats what a service above has decided, for a reason of its own.
    if (reason === undefined || reason === "upstream") reason = own ?? reason;
    const dropped = span.attributes["tracekeep.dropped_spans"];
    if (typeof dropped === "number" && dropped > 0) droppedSpans += dropped;
    crashed ||= span.attributes["tracekeep.ended_by"] === "crash";
  }
  const weight = nodes[0] ? weightOf(nodes[0].span) : 1;
  return { reason, weight, droppedSpans, crashed };
}
