import type { SentryErrorEvent } from "./event.ts";

/** Received error events, in bounds: the oldest make room. */
export class EventStore {
  readonly #maxBytes: number;
  #events: { event: SentryErrorEvent; bytes: number }[] = [];
  #bytes = 0;

  /** maxBytes bounds the sum of the payloads' sizes. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  add(event: SentryErrorEvent, bytes: number): void {
    if (bytes > this.#maxBytes) return;
    this.#events.push({ event, bytes });
    this.#bytes += bytes;
    while (this.#bytes > this.#maxBytes) this.#bytes -= this.#events.shift()?.bytes ?? this.#bytes;
  }

  /** Oldest first. */
  all(): SentryErrorEvent[] {
    return this.#events.map(({ event }) => event);
  }
}
