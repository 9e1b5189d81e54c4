import { areValidIds, type TraceParent } from "./traceparent.ts";

const FORMAT = /^([0-9a-f]{32})-([0-9a-f]{16})(?:-([01]))?$/;

/** Reads a `sentry-trace` header; without its last part the decision is left open. Undefined if it is not valid. */
export function parseSentryTrace(header: string): TraceParent | undefined {
  if (header.length > 128) return undefined;
  const [, traceId, spanId, flag] = FORMAT.exec(header.trim()) ?? [];
  if (traceId === undefined || spanId === undefined || !areValidIds(traceId, spanId)) return undefined;
  return { traceId, spanId, sampled: flag === undefined ? undefined : flag === "1" };
}

/** Writes a `sentry-trace` header; an undefined decision stays open. */
export function formatSentryTrace(traceId: string, spanId: string, sampled: boolean | undefined): string {
  return sampled === undefined ? `${traceId}-${spanId}` : `${traceId}-${spanId}-${sampled ? 1 : 0}`;
}
