import type { EncodedSpan } from "../otlp/index.ts";
import { readPlace, type SpanPlace } from "./decode-span.ts";
import { type HeldSpan, HeldTrace } from "./held-trace.ts";

/** Spans wait no longer than this for the first span of their trace in this process, in milliseconds. */
const HOLD_MS = 30_000;
const SHORTEST_SLEEP_MS = 1_000;
/** What a held span takes beside its bytes. */
const OVERHEAD_BYTES = 300;

export interface TransactionAssemblerOptions {
  /** Takes spans of one trace that go out together, parents first. */
  readonly hand: (spans: readonly EncodedSpan[]) => void;
  /** Bound of what is held, in bytes; beyond it the trace that waits longest goes out as it is. */
  readonly mostBytes: number;
  /** The most spans that go out together. */
  readonly mostSpans: number;
}

/**
 * Holds ended spans until the first span of their trace in this process has ended, which mostly is the last to end.
 * Spans whose first span does not come in time, or came before them, go out without it. None is lost.
 */
export class TransactionAssembler {
  readonly #options: TransactionAssemblerOptions;
  readonly #traces = new Map<string, HeldTrace>();
  /** What goes out next, each in a turn of its own: making JSON of thousands of spans would block. */
  #ready: (readonly HeldSpan[])[] = [];
  #turn: NodeJS.Immediate | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  /** What is held. */
  spans = 0;
  bytes = 0;

  constructor(options: TransactionAssemblerOptions) {
    this.#options = options;
  }

  add(span: EncodedSpan): void {
    const held = { span, place: readPlace(span.bytes), heldAt: performance.now() };
    this.spans++;
    this.bytes += sizeOf(held);
    if (held.place.isLocalRoot) this.#letGo([held, ...this.#takeBelow(held.place)]);
    else this.#hold(held);
    if (this.#closed) this.flush();
    else while (this.bytes > this.#options.mostBytes) this.#makeRoom();
  }

  /** Lets everything go now. */
  flush(): void {
    for (const traceId of [...this.#traces.keys()]) this.#letGoAll(traceId);
    while (this.#ready.length > 0) this.#handOne();
  }

  /** Lets everything go; later spans go straight through. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.flush();
    clearImmediate(this.#turn);
  }

  #hold(held: HeldSpan): void {
    const { traceId } = held.place;
    const trace = this.#traces.get(traceId) ?? new HeldTrace();
    trace.add(held);
    this.#traces.set(traceId, trace);
    if (!this.#closed) this.#timer ??= setTimeout(() => this.#wake(), HOLD_MS).unref();
  }

  #takeBelow({ traceId, spanId }: SpanPlace): HeldSpan[] {
    const trace = this.#traces.get(traceId);
    const below = trace?.takeBelow(spanId) ?? [];
    if (trace?.isEmpty === true) this.#traces.delete(traceId);
    return below;
  }

  #letGoAll(traceId: string): void {
    const spans = this.#traces.get(traceId)?.all() ?? [];
    this.#traces.delete(traceId);
    this.#letGo(spans);
  }

  #letGo(spans: readonly HeldSpan[]): void {
    const { mostSpans } = this.#options;
    for (let at = 0; at < spans.length; at += mostSpans) this.#ready.push(spans.slice(at, at + mostSpans));
    if (this.#ready.length > 0) this.#turn ??= setImmediate(() => this.#takeTurn());
  }

  #takeTurn(): void {
    this.#turn = undefined;
    this.#handOne();
    if (this.#ready.length > 0) this.#turn = setImmediate(() => this.#takeTurn());
  }

  #handOne(): void {
    const spans = this.#ready.shift();
    if (spans === undefined) return;
    this.spans -= spans.length;
    for (const held of spans) this.bytes -= sizeOf(held);
    this.#options.hand(spans.map(({ span }) => span));
  }

  #makeRoom(): void {
    const [oldest] = this.#traces.keys();
    if (this.#ready.length === 0 && oldest !== undefined) this.#letGoAll(oldest);
    this.#handOne();
  }

  /** Lets go what has waited long enough. */
  #wake(): void {
    this.#timer = undefined;
    const now = performance.now();
    let next = Number.POSITIVE_INFINITY;
    for (const [traceId, trace] of this.#traces) {
      const due = trace.since + HOLD_MS;
      if (due <= now) this.#letGoAll(traceId);
      else next = Math.min(next, due);
    }
    if (this.#traces.size > 0)
      this.#timer = setTimeout(() => this.#wake(), Math.max(next - now, SHORTEST_SLEEP_MS)).unref();
  }
}

function sizeOf({ span }: HeldSpan): number {
  return span.bytes.length + OVERHEAD_BYTES;
}
