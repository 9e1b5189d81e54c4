import type { HttpResponse } from "../transport/http/response-reader.ts";
import { readRateLimits } from "./rate-limits.ts";

/** What an answer means for what was sent. */
export type Outcome =
  | {
      readonly kind: "accepted";
      /** How long nothing more is to be sent, in milliseconds. */
      readonly waitMs?: number;
    }
  /** Try again, at the earliest after `waitMs` if the server said so; `limited` if Sentry's limit for spans is used up. */
  | { readonly kind: "retry"; readonly reason: string; readonly waitMs?: number; readonly limited?: boolean }
  /** Too large for one request. */
  | { readonly kind: "split"; readonly reason: string }
  | { readonly kind: "refused"; readonly reason: string };

/** The statuses that OTLP/HTTP names as worth another try. */
const RETRYABLE = new Set([429, 502, 503, 504]);
const TOO_MANY = 429;
const TOO_LARGE = 413;

const LIKELY_CAUSE: Readonly<Record<number, string>> = {
  400: "the server could not read the request",
  401: "the key is not accepted; check SENTRY_DSN or OTEL_EXPORTER_OTLP_TRACES_HEADERS",
  403: "the key is not accepted for this project, or the project is disabled; check SENTRY_DSN",
  404: "there is no such endpoint; self-hosted Sentry takes OTLP from 26.5 on, older ones take TRACE_EXPORT_PROTOCOL=envelope",
  413: "a request is too large; lower TRACE_EXPORT_BATCH_BYTES",
};

/** Longest wait that a server may ask for, in milliseconds. */
const LONGEST_WAIT = 300_000;

/** @param categories Sentry's names of what is sent. */
export function judgeAnswer(
  { status, headers }: Pick<HttpResponse, "status" | "headers">,
  categories: ReadonlySet<string>,
  now: number = Date.now(),
): Outcome {
  const limited = readRateLimits(headers["x-sentry-rate-limits"]?.toString(), categories);
  if (status >= 200 && status < 300)
    return limited === undefined
      ? { kind: "accepted" }
      : { kind: "accepted", waitMs: Math.min(limited, LONGEST_WAIT) };
  const reason = `status ${status}${LIKELY_CAUSE[status] === undefined ? "" : `: ${LIKELY_CAUSE[status]}`}`;
  if (status === TOO_LARGE) return { kind: "split", reason };
  if (!RETRYABLE.has(status)) return { kind: "refused", reason };
  const asked = status === TOO_MANY ? limited : undefined;
  const waitMs = asked ?? readRetryAfter(headers["retry-after"], now);
  return {
    kind: "retry",
    reason,
    ...(waitMs === undefined ? {} : { waitMs: Math.min(waitMs, LONGEST_WAIT) }),
    ...(asked === undefined ? {} : { limited: true }),
  };
}

/** `Retry-After` in seconds or as a date (RFC 9110), as milliseconds from now, bounded; undefined if it says nothing. */
export function readRetryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const wait = /^\s*\d+(\.\d+)?\s*$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - now;
  return Number.isNaN(wait) || wait < 0 ? undefined : Math.min(wait, LONGEST_WAIT);
}
