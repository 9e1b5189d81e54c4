import type { IncomingHttpHeaders } from "node:http";

/** What an answer means for the batch that was sent. */
export type Outcome =
  | { readonly kind: "accepted" }
  /** Try again, at the earliest after `waitMs` if the server said so. */
  | { readonly kind: "retry"; readonly reason: string; readonly waitMs?: number }
  | { readonly kind: "refused"; readonly reason: string };

/** The statuses that OTLP/HTTP names as worth another try. */
const RETRYABLE = new Set([429, 502, 503, 504]);

const LIKELY_CAUSE: Readonly<Record<number, string>> = {
  400: "the server could not read the request",
  401: "the key is not accepted; check SENTRY_DSN or OTEL_EXPORTER_OTLP_TRACES_HEADERS",
  403: "the key is not accepted for this project, or the project is disabled; check SENTRY_DSN",
  404: "there is no such endpoint; self-hosted Sentry takes OTLP from 26.5 on",
  413: "the batch is too large; lower TRACE_EXPORT_BATCH_BYTES",
};

/** Longest wait that a server may ask for, in milliseconds. */
const LONGEST_WAIT = 300_000;

export function judgeAnswer(status: number, headers: IncomingHttpHeaders, now: number = Date.now()): Outcome {
  if (status >= 200 && status < 300) return { kind: "accepted" };
  const reason = `status ${status}${LIKELY_CAUSE[status] === undefined ? "" : `: ${LIKELY_CAUSE[status]}`}`;
  if (!RETRYABLE.has(status)) return { kind: "refused", reason };
  const waitMs = readRetryAfter(headers["retry-after"], now);
  return waitMs === undefined ? { kind: "retry", reason } : { kind: "retry", reason, waitMs };
}

/** `Retry-After` in seconds or as a date (RFC 9110), as milliseconds from now, bounded; undefined if it says nothing. */
export function readRetryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const wait = /^\s*\d+(\.\d+)?\s*$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - now;
  return Number.isNaN(wait) || wait < 0 ? undefined : Math.min(wait, LONGEST_WAIT);
}
