import type { EncodedSpan } from "../otlp/index.ts";
import type { SpanPlace } from "./decode-span.ts";

export interface HeldSpan {
  readonly span: EncodedSpan;
  readonly place: SpanPlace;
  /** On the monotonic clock, in milliseconds. */
  readonly heldAt: number;
}

/** Spans of one trace that wait. To take some costs as much as they are, however many others there are. */
export class HeldTrace {
  /** In the order of their coming. */
  readonly #spans = new Set<HeldSpan>();
  readonly #byParent = new Map<string, HeldSpan[]>();

  get isEmpty(): boolean {
    return this.#spans.size === 0;
  }

  /** When the one came that waits longest. */
  get since(): number {
    const [oldest] = this.#spans;
    return oldest?.heldAt ?? Number.POSITIVE_INFINITY;
  }

  add(held: HeldSpan): void {
    this.#spans.add(held);
    const siblings = this.#byParent.get(held.place.parentSpanId);
    if (siblings === undefined) this.#byParent.set(held.place.parentSpanId, [held]);
    else siblings.push(held);
  }

  /** Takes the spans below one, each before those below itself. */
  takeBelow(spanId: string): HeldSpan[] {
    const taken: HeldSpan[] = [];
    const stack = this.#takeChildren(spanId);
    for (let held = stack.pop(); held !== undefined; held = stack.pop()) {
      taken.push(held);
      this.#spans.delete(held);
      stack.push(...this.#takeChildren(held.place.spanId));
    }
    return taken;
  }

  /** All of them, in the order of their coming. */
  all(): HeldSpan[] {
    return [...this.#spans];
  }

  /** The last one first. */
  #takeChildren(spanId: string): HeldSpan[] {
    const children = this.#byParent.get(spanId) ?? [];
    this.#byParent.delete(spanId);
    return children.toReversed();
  }
}
