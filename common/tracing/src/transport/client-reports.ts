import { encodeEnvelope } from "./envelope.ts";
import type { HttpSender } from "./http-sender.ts";

/** Sentry's names of reasons why something was never sent. */
export type DiscardReason =
  | "queue_overflow"
  | "ratelimit_backoff"
  | "send_error"
  | "network_error"
  | "cache_overflow";

export interface Discarded {
  readonly spans: number;
  /** Transactions, where spans travel in these. */
  readonly items: number;
}

export interface ClientReportsOptions {
  readonly sender: HttpSender;
  /** Whether spans travel in transactions, which are counted, too. */
  readonly transactions: boolean;
}

/** Reports are sent no more often than this, in milliseconds. */
const PERIOD_MS = 30_000;
/** A report that could not be sent goes with the next one so often. */
const MOST_TRIES = 3;

/** Tells Sentry what was dropped before it could be sent. Best effort: nothing waits for it, nothing fails by it. */
export class ClientReports {
  readonly #options: ClientReportsOptions;
  /** Numbers by reason and category, separated by a space. */
  #counts = new Map<string, number>();
  #tries = 0;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: ClientReportsOptions) {
    this.#options = options;
  }

  record(reason: DiscardReason, { spans, items }: Discarded): void {
    if (this.#closed) return;
    this.#add(`${reason} span`, spans);
    if (this.#options.transactions) this.#add(`${reason} transaction`, items);
    this.#timer ??= setTimeout(() => void this.flush(), PERIOD_MS).unref();
  }

  /** Sends what there is now. Never rejects. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const counts = this.#counts;
    if (counts.size === 0) return;
    this.#counts = new Map();
    if (await this.#send(counts)) this.#tries = 0;
    else if (++this.#tries < MOST_TRIES) this.#putBack(counts);
    else this.#tries = 0;
  }

  /** Sends what there is, if it can be done within the limit, in milliseconds. Nothing is left running. */
  async shutdown(limitMs: number): Promise<void> {
    const { promise: limit, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, Math.max(0, limitMs));
    if (limitMs > 0) await Promise.race([this.flush(), limit]);
    clearTimeout(timer);
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#options.sender.close();
  }

  #add(key: string, count: number): void {
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + count);
  }

  #putBack(counts: ReadonlyMap<string, number>): void {
    if (this.#closed) return;
    for (const [key, count] of counts) this.#add(key, count);
    this.#timer ??= setTimeout(() => void this.flush(), PERIOD_MS).unref();
  }

  async #send(counts: ReadonlyMap<string, number>): Promise<boolean> {
    const discarded = [...counts].map(([key, quantity]) => {
      const [reason, category] = key.split(" ");
      return { reason, category, quantity };
    });
    const report = { timestamp: Date.now() / 1_000, discarded_events: discarded };
    try {
      const { status } = await this.#options.sender.post(encodeEnvelope({}, "client_report", report));
      return status >= 200 && status < 300;
    } catch {
      return false;
    }
  }
}
