import type { DropReason } from "tracekeep";
import type { Behaviour } from "./harness/behaviour.ts";

/** A number that is known beforehand, or what it has to lie between where it depends on the moment. */
export type Count = number | { readonly atLeast: number; readonly atMost: number };

/** What a run has to come to. Every span is delivered, or dropped and counted. */
export interface Expected {
  /** Spans that arrive, of kept traces and of sampled ones. */
  readonly kept: Count;
  readonly sampled: Count;
  /** Spans in `tracing.stats().export`; reasons that are not named: none. */
  readonly dropped: Readonly<Partial<Record<DropReason, Count>>>;
  /** What is said in the log, each line once; nothing else. */
  readonly warnings: readonly RegExp[];
  /** After a faulty answer the endpoint is left alone for as long, in milliseconds. */
  readonly leastPauseMs?: number;
}

/** When the endpoint is well again. */
export type Healing =
  /** After so long, in milliseconds. */
  | { readonly afterMs: number }
  /** After so many requests that met the fault. */
  | { readonly afterRequests: number }
  /** After so many tries of the service that failed, whether they came this far or not. */
  | { readonly afterFailures: number }
  /** As soon as all spans were offered to it. */
  | "when all is offered"
  /** As soon as so many spans were dropped and counted. */
  | { readonly afterDropped: number }
  /** The fault goes on, and what is sent arrives nevertheless. */
  | "stays"
  /** Nothing arrives until the service stops. */
  | "never";

/** A way in which an endpoint may misbehave, and what has to come of it. */
export interface Fault {
  readonly name: string;
  /** What the exporter does, for readers. */
  readonly does: string;
  readonly behaviour: Behaviour;
  readonly heals: Healing;
  readonly expected: Expected;
  /** Settings of the service beyond the usual ones. */
  readonly env?: Readonly<Record<string, string>>;
  /** How long the load lasts while the fault does, in rounds; default `ROUNDS`. */
  readonly rounds?: number;
  /** Length of an attribute that each trace has, in characters. */
  readonly noteLength?: number;
  /** One more failing call has a span of this size, in characters. */
  readonly fatLength?: number;
}

/** Each round makes three calls: one fails, one is sampled, one is neither. Their traces have two spans each. */
export const ROUNDS = 30;
export const ROUNDS_AFTER = 10;
const DURING = 2 * ROUNDS;
const AFTER = 2 * ROUNDS_AFTER;
const ALL = DURING + AFTER;
const BOTH = 2 * DURING;
/** A round begins every so many milliseconds. */
export const ROUND_MS = 40;

export const FLAPPING_SECONDS = Number(process.env.RELIABILITY_FLAPPING_SECONDS ?? 20);
const FLAPPING_ROUNDS = (FLAPPING_SECONDS * 1_000) / ROUND_MS;

/** The pause after a first fault. */
const FIRST_BACKOFF_MS = 500;
const SHORT_TIMEOUT = { TRACE_EXPORT_TIMEOUT_MS: "1000" };
const everything = (...warnings: RegExp[]): Expected => ({ kept: ALL, sampled: ALL, dropped: {}, warnings });
const refused = (warning: RegExp): Expected => ({
  kept: AFTER,
  sampled: AFTER,
  dropped: { refused: BOTH },
  warnings: [warning],
});
const unsent = (reason: string | number) => new RegExp(`^Spans could not be sent \\(.*${reason}`);
const answer = (status: number, headers: Readonly<Record<string, string>> = {}, body = ""): Behaviour => ({
  kind: "answer",
  status,
  headers,
  body,
});

const TRIES_AGAIN = "Spans wait, and are sent again after 0.5 s, 1 s, 2 s and so on, at most 30 s.";
const DROPS =
  "The request's spans are dropped and counted as `refused`: the next try would be answered alike.";
const ASKS_LATER =
  "Nothing is sent before the moment that the server names, or for five minutes if it names a later one; all spans wait.";
const NOT_ASKED_FOR = "What is no wait is none: the usual pause, then another try.";
const DISTRUSTS =
  "No request is sent over a connection whose certificate is not good. Spans wait for a good one.";

export const FAULTS: readonly Fault[] = [
  {
    name: "no fault",
    does: "Sends.",
    behaviour: answer(200),
    heals: "stays",
    expected: everything(),
  },
  {
    name: "connection refused for 3 s",
    does: TRIES_AGAIN,
    behaviour: { kind: "refuse" },
    heals: { afterMs: 3_000 },
    expected: everything(unsent("ECONNREFUSED")),
  },
  {
    name: "connection reset in mid-body",
    does: TRIES_AGAIN,
    behaviour: { kind: "reset" },
    heals: { afterRequests: 2 },
    expected: { ...everything(unsent("(ECONNRESET|EPIPE)")), leastPauseMs: FIRST_BACKOFF_MS },
  },
  {
    name: "accepts and never answers",
    does: "The request is broken off after TRACE_EXPORT_TIMEOUT_MS and sent again, with the usual pauses.",
    behaviour: { kind: "hang" },
    heals: { afterRequests: 2 },
    env: SHORT_TIMEOUT,
    expected: everything(unsent("no answer within 1000 ms")),
  },
  {
    name: "answers one byte a second",
    does: "The time limit is for the whole answer: as with one that never comes.",
    behaviour: { kind: "trickle" },
    heals: { afterRequests: 2 },
    env: SHORT_TIMEOUT,
    expected: everything(unsent("no answer within 1000 ms")),
  },
  {
    name: "200 with garbage",
    does: "The status counts: the spans are sent.",
    behaviour: answer(200, { "content-type": "application/x-protobuf" }, "garbage"),
    heals: "stays",
    expected: everything(),
  },
  {
    name: "200, three spans rejected (partial_success)",
    does: "The rejected ones are counted as `refused`, with one line that has the server's reason. No second try.",
    behaviour: { kind: "partial success", rejected: 3 },
    heals: "stays",
    expected: {
      kept: ALL - 3,
      sampled: ALL,
      dropped: { refused: 3 },
      warnings: [/not 3 of its spans \(no\)/],
    },
  },
  {
    name: "400",
    does: DROPS,
    behaviour: answer(400),
    heals: { afterDropped: BOTH },
    expected: refused(/refused \(status 400: the server could not read the request/),
  },
  {
    name: "401",
    does: `${DROPS} The line names the settings that may be wrong.`,
    behaviour: answer(401),
    heals: { afterDropped: BOTH },
    expected: refused(/refused \(status 401: .*check SENTRY_DSN/),
  },
  {
    name: "403",
    does: `${DROPS} The line names the settings that may be wrong.`,
    behaviour: answer(403),
    heals: { afterDropped: BOTH },
    expected: refused(/refused \(status 403: .*check SENTRY_DSN/),
  },
  {
    name: "404",
    does: `${DROPS} The line names the other protocol, for Sentry before 26.5.`,
    behaviour: answer(404),
    heals: { afterDropped: BOTH },
    expected: refused(/refused \(status 404: .*TRACE_EXPORT_PROTOCOL=envelope/),
  },
  {
    name: "413 above 64 kB",
    does: "The request is sent in halves, down to single spans. Only a span that is too large alone is dropped.",
    behaviour: { kind: "too large", bytes: 65_536 },
    heals: "stays",
    env: { TRACE_EXPORT_INTERVAL_MS: "1000", TRACE_SPAN_VALUE_LENGTH_LIMIT: "65536" },
    noteLength: 4_000,
    fatLength: 100_000,
    expected: {
      // The fat span's own trace is one of them: it lacks that span alone.
      kept: ALL + 1,
      sampled: ALL,
      dropped: { too_large: 1 },
      warnings: [/^A span (was refused \(status 413|is larger)/],
    },
  },
  {
    name: "429, Retry-After in seconds",
    does: ASKS_LATER,
    behaviour: answer(429, { "retry-after": "2" }),
    heals: { afterRequests: 1 },
    expected: { ...everything(unsent(429)), leastPauseMs: 2_000 },
  },
  {
    name: "429, Retry-After as a date",
    does: ASKS_LATER,
    behaviour: { kind: "answer", status: 429, retryAtMs: 3_000 },
    heals: { afterRequests: 1 },
    // A date has whole seconds only.
    expected: { ...everything(unsent(429)), leastPauseMs: 2_000 },
  },
  {
    name: "429, Retry-After negative",
    does: NOT_ASKED_FOR,
    behaviour: answer(429, { "retry-after": "-5" }),
    heals: { afterRequests: 2 },
    expected: { ...everything(unsent(429)), leastPauseMs: FIRST_BACKOFF_MS },
  },
  {
    name: "429, Retry-After garbage",
    does: NOT_ASKED_FOR,
    behaviour: answer(429, { "retry-after": "soon" }),
    heals: { afterRequests: 2 },
    expected: { ...everything(unsent(429)), leastPauseMs: FIRST_BACKOFF_MS },
  },
  {
    name: "429, no Retry-After",
    does: TRIES_AGAIN,
    behaviour: answer(429),
    heals: { afterRequests: 2 },
    expected: { ...everything(unsent(429)), leastPauseMs: FIRST_BACKOFF_MS },
  },
  {
    name: "429, X-Sentry-Rate-Limits for spans",
    does: "Until the limit is over, sampled spans are dropped and counted as `rate_limited`; kept ones wait and arrive.",
    behaviour: answer(429, { "x-sentry-rate-limits": "2:span:organization:quota" }),
    heals: { afterDropped: DURING },
    expected: {
      kept: ALL,
      sampled: AFTER,
      dropped: { rate_limited: DURING },
      warnings: [unsent(429), /takes no more for now/],
      leastPauseMs: 2_000,
    },
  },
  {
    name: "200, X-Sentry-Rate-Limits for spans",
    does: "What the request had is sent. Then as with 429: kept spans wait, sampled ones are dropped as `rate_limited`.",
    behaviour: answer(200, { "x-sentry-rate-limits": "2:span:organization:quota" }),
    heals: { afterDropped: 10 },
    expected: {
      kept: ALL,
      sampled: { atLeast: AFTER, atMost: ALL - 10 },
      dropped: { rate_limited: { atLeast: 10, atMost: DURING } },
      warnings: [/takes no more for now/],
    },
  },
  {
    name: "200, X-Sentry-Rate-Limits for another category",
    does: "A limit that is not about spans holds nothing back.",
    behaviour: answer(200, { "x-sentry-rate-limits": "60:error;transaction:organization" }),
    heals: "stays",
    expected: everything(),
  },
  {
    name: "500",
    does: `${DROPS} One line in the log.`,
    behaviour: answer(500),
    heals: { afterDropped: BOTH },
    expected: refused(/refused \(status 500\)/),
  },
  ...[502, 503, 504].map((status) => ({
    name: `${status}, then 200`,
    does: TRIES_AGAIN,
    behaviour: answer(status),
    heals: { afterRequests: 2 },
    expected: { ...everything(unsent(status)), leastPauseMs: FIRST_BACKOFF_MS },
  })),
  {
    name: "certificate expired",
    does: DISTRUSTS,
    behaviour: { kind: "certificate", fault: "expired" },
    heals: { afterFailures: 2 },
    expected: everything(unsent("CERT_HAS_EXPIRED")),
  },
  {
    name: "certificate of another host",
    does: DISTRUSTS,
    behaviour: { kind: "certificate", fault: "other host" },
    heals: { afterFailures: 2 },
    expected: everything(unsent("ERR_TLS_CERT_ALTNAME_INVALID")),
  },
  {
    name: "certificate self-signed",
    does: `${DISTRUSTS} NODE_TLS_REJECT_UNAUTHORIZED=0 changes nothing.`,
    behaviour: { kind: "certificate", fault: "self-signed" },
    heals: { afterFailures: 2 },
    env: { NODE_TLS_REJECT_UNAUTHORIZED: "0" },
    expected: everything(unsent("DEPTH_ZERO_SELF_SIGNED_CERT")),
  },
  {
    name: "host name that does not exist",
    does: `${TRIES_AGAIN} What still waits when the service stops is counted as \`shutdown\`, with one line.`,
    behaviour: { kind: "unknown host" },
    heals: "never",
    expected: {
      kept: 0,
      sampled: 0,
      dropped: { shutdown: BOTH },
      warnings: [
        unsent("(ENOTFOUND|EAI_AGAIN|no answer)"),
        new RegExp(`^${BOTH} spans were lost at shutdown`),
      ],
    },
  },
  {
    name: "up and down every second",
    does: `${TRIES_AGAIN} One success ends the pauses.`,
    behaviour: { kind: "flap", periodMs: 1_000 },
    heals: { afterMs: FLAPPING_SECONDS * 1_000 },
    rounds: FLAPPING_ROUNDS,
    expected: {
      kept: 2 * FLAPPING_ROUNDS + AFTER,
      sampled: 2 * FLAPPING_ROUNDS + AFTER,
      dropped: {},
      warnings: [unsent("(ECONNREFUSED|ECONNRESET|EPIPE)")],
    },
  },
  {
    name: "down, the queue is full",
    does: "Sampled spans are dropped: a new one that finds no room, and the oldest where a kept one needs it. They are counted as `queue_full`; kept ones stay.",
    behaviour: { kind: "refuse" },
    heals: "when all is offered",
    env: { TRACE_EXPORT_QUEUE_BYTES: "98304", TRACE_EXPORT_BATCH_BYTES: "16384" },
    noteLength: 800,
    expected: {
      kept: ALL,
      sampled: { atLeast: AFTER, atMost: ALL - 10 },
      dropped: { queue_full: { atLeast: 10, atMost: DURING } },
      warnings: [unsent("ECONNREFUSED"), /^The export queue is full/],
    },
  },
];
