import { setImmediate as nextTurn } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { judgeAnswer } from "../export/outcome.ts";
import { createLimitedLog, type Logger } from "../logger.ts";
import { envelopeTarget, forGzip, type SentryProject } from "../transport/envelope.ts";
import { gzipped } from "../transport/gzip.ts";
import type { HttpResponse } from "../transport/http/response-reader.ts";
import { createHttpSender, type HttpSender } from "../transport/http-sender.ts";
import { eventEnvelope } from "./event-envelope.ts";
import type { SentryEvent } from "./sentry-event.ts";

export interface EventSenderOptions<T> {
  readonly project: SentryProject;
  /** For one event and its answer, in milliseconds. */
  readonly timeoutMs: number;
  /** Certificates (PEM) that are trusted beside Node's. */
  readonly ca?: string | undefined;
  readonly untraced: <R>(fn: () => R) => R;
  /** Makes the event of what was given, when it is its turn: not while the failed call is being answered. */
  readonly toEvent: (given: T) => SentryEvent;
  readonly logger: Logger;
}

/** Events that wait: as many as a burst within the limit makes while one answer is awaited. */
const MOST_WAITING = 1_000;
/** Requests at a time; one event is one request, and each waits for its answer. */
const MOST_UNDER_WAY = 8;
/** What Sentry's SDKs wait where a 429 does not say how long. */
const DEFAULT_HOLD_MS = 60_000;
/** Sentry's names of error events, for its rate limits. */
export const EVENTS: ReadonlySet<string> = new Set(["error", "default"]);

/** Something to be sent, with the time at which it happened: it may wait for long. */
interface Waiting<T> {
  readonly given: T;
  readonly at: number;
}

/** Sends error events to Sentry, each once: what cannot be sent is counted and given up. */
export class EventSender<T> {
  readonly #options: EventSenderOptions<T>;
  readonly #sender: HttpSender;
  readonly #waiting: Waiting<T>[] = [];
  /** Posted, and not yet answered. */
  readonly #posted = new Set<Uint8Array>();
  readonly #underWay = new Set<Promise<void>>();
  readonly #log: ReturnType<typeof createLimitedLog>;
  /** By a clock that never runs backwards. */
  #heldUntil = 0;
  #closed = false;
  #sent = 0;
  #lost = 0;

  constructor(options: EventSenderOptions<T>) {
    const { project, timeoutMs, ca } = options;
    this.#options = options;
    this.#log = createLimitedLog(options.logger);
    const target = forGzip(envelopeTarget(project, [ca]));
    this.#sender = createHttpSender({ ...target, timeoutMs, concurrency: MOST_UNDER_WAY });
  }

  get #isHeld(): boolean {
    return performance.now() < this.#heldUntil;
  }

  /** Takes it to be sent soon; false if too many wait, or if Sentry has asked for silence. */
  send(given: T): boolean {
    if (this.#closed || this.#waiting.length >= MOST_WAITING || this.#isHeld) return false;
    this.#waiting.push({ given, at: Date.now() });
    this.#startAnother();
    return true;
  }

  /** Waits until all is sent or lost, but no longer than the limit. */
  async flush(limitMs: number): Promise<void> {
    if (limitMs <= 0 || this.#underWay.size === 0) return;
    const { promise: limit, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, limitMs);
    await Promise.race([Promise.all(this.#underWay), limit]);
    clearTimeout(timer);
  }

  /** Gives up what has not been sent; resolves when no connection is left. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#giveUpWaiting();
    await this.#sender.close();
  }

  /** What has not been answered, as it would be posted: the process dies. */
  rescue(): readonly Uint8Array[] {
    return [...this.#posted, ...this.#waiting.map((each) => this.#envelope(each))].map((body) =>
      gzipSync(body),
    );
  }

  stats(): { readonly sent: number; readonly lost: number } {
    return { sent: this.#sent, lost: this.#lost };
  }

  #startAnother(): void {
    if (this.#underWay.size >= MOST_UNDER_WAY) return;
    const line: Promise<void> = this.#work().finally(() => this.#ended(line));
    this.#underWay.add(line);
  }

  #ended(line: Promise<void>): void {
    this.#underWay.delete(line);
    // It may have come after this one had looked, and before it was known to be free.
    if (this.#waiting.length > 0) this.#startAnother();
  }

  /** Sends one after the other until none waits. */
  async #work(): Promise<void> {
    // After the answer that is just being sent.
    await nextTurn();
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      try {
        await this.#post(this.#envelope(next));
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        this.#failed(code ?? message);
      }
    }
  }

  async #post(body: Uint8Array): Promise<void> {
    this.#posted.add(body);
    try {
      const compressed = await gzipped(body);
      this.#heed(await this.#options.untraced(() => this.#sender.post(compressed)));
    } finally {
      this.#posted.delete(body);
    }
  }

  #envelope({ given, at }: Waiting<T>): Buffer {
    return eventEnvelope(this.#options.toEvent(given), this.#options.project, at);
  }

  #heed(answer: HttpResponse): void {
    const outcome = judgeAnswer(answer, EVENTS);
    if (outcome.kind === "accepted") this.#sent++;
    else this.#failed(outcome.reason);
    const asked = "waitMs" in outcome ? outcome.waitMs : undefined;
    const holdMs = asked ?? (saysOnlyTooMany(answer) ? DEFAULT_HOLD_MS : 0);
    if (holdMs <= 0) return;
    this.#heldUntil = Math.max(this.#heldUntil, performance.now() + holdMs);
    this.#giveUpWaiting();
  }

  #failed(reason: string): void {
    this.#lost++;
    if (this.#closed) return;
    const fields = { event: "tracekeep.error_event.failed", reason };
    // No warning: a destination that fails has one already, by the spans that go there.
    this.#log("info", reason, fields, `An error event could not be sent (${reason}).`);
  }

  #giveUpWaiting(): void {
    this.#lost += this.#waiting.length;
    this.#waiting.length = 0;
  }
}

function saysOnlyTooMany({ status, headers }: HttpResponse): boolean {
  return status === 429 && headers["x-sentry-rate-limits"] === undefined;
}
