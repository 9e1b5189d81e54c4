import type { Trace } from "../trace/trace.ts";

/** A service whose clock differs from that of a caller. */
export interface ClockSkew {
  readonly service: string;
  readonly caller: string;
  /** By how much the service's clock is ahead of the caller's, in nanoseconds (about); negative: behind. */
  readonly aheadNanos: number;
}

/**
 * Clocks that cannot be right: a call was served outside of the time that its caller waited for it. The difference is
 * taken as if request and answer had travelled equally long; of each pair of services the largest counts.
 */
export function clockSkewsOf(trace: Trace): ClockSkew[] {
  const skews = new Map<string, ClockSkew>();
  for (const { span, parent } of trace.nodes) {
    if (!parent || span.kind !== "server" || parent.span.kind !== "client") continue;
    const caller = parent.span;
    const early = Number(caller.startNanos - span.startNanos);
    const late = Number(span.endNanos - caller.endNanos);
    // Where the work went on after the caller had left, only an early beginning tells of the clock.
    if (early <= 0 && !(late > 0 && span.startNanos > caller.endNanos)) continue;
    const aheadNanos = (late - early) / 2;
    const key = JSON.stringify([span.service, caller.service]);
    const known = skews.get(key);
    if (known && Math.abs(known.aheadNanos) >= Math.abs(aheadNanos)) continue;
    skews.set(key, { service: span.service, caller: caller.service, aheadNanos });
  }
  return [...skews.values()];
}
