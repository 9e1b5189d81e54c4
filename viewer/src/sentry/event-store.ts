import type { SentryErrorEvent } from "./event.ts";

/** Received error events, in bounds: the oldest make room. */
export class EventStore {
  readonly #maxBytes: number;
  #events: { event: SentryErrorEvent; bytes: number }[] = [];
  #bytes = 0;

  /** maxBytes bounds what the events take in memory (an estimate). */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  add(event: SentryErrorEvent): void {
    const bytes = sizeOfJson(event.raw);
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

/** About how many bytes parsed JSON takes: of `{}` twenty times as many as its text has. */
function sizeOfJson(json: unknown): number {
  let size = 0;
  // No recursion: whoever sends it decides how deep it is.
  const left = [json];
  while (left.length > 0) {
    const value = left.pop();
    if (typeof value === "string") size += 24 + value.length * 2;
    else if (typeof value !== "object" || value === null) size += 16;
    else {
      size += 64;
      for (const [key, item] of Object.entries(value)) {
        size += Array.isArray(value) ? 8 : 24 + key.length * 2;
        left.push(item);
      }
    }
  }
  return size;
}
