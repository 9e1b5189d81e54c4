import type { TraceSummary } from "../../api/wire.ts";
import type { TraceStatus } from "../../trace/status.ts";
import type { Sort } from "../state/route.ts";

const RANKS: Readonly<Record<TraceStatus, number>> = { failed: 0, errors: 1, ok: 1 };

/** Traces in the order that was chosen; the newest first among equals. */
export function inOrder(traces: Iterable<TraceSummary>, sort: Sort): TraceSummary[] {
  return [...traces].sort((a, b) => {
    if (sort === "failed" && RANKS[a.status] !== RANKS[b.status]) return RANKS[a.status] - RANKS[b.status];
    if (sort === "slowest" && a.nanos !== b.nanos) return b.nanos - a.nanos;
    return b.startMs - a.startMs;
  });
}
