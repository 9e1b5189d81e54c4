import type { SpanEncoder } from "../otlp/index.ts";
import type { LocalTrace, RecordedSpan, TraceDecision } from "../spans/index.ts";
import { DelayQueue } from "./delay-queue.ts";
import type { Departures } from "./departures.ts";
import { EntryFlag, type EntryVisitor, type FlightRecord } from "./flight-record.ts";
import type { Keeper } from "./keeper.ts";

/** A sampled trace waits this long after its end: a failure elsewhere may still make it a kept one. */
const HOLD_MS = 1_000;
/** Spans below one that lives long wait no longer than this. */
const LONGEST_HOLD_MS = 30_000;
const MOST_HELD = 65_536;
const NOTHING = new Uint8Array(0);

export interface SpanRecorderOptions {
  readonly record: FlightRecord;
  readonly keeper: Keeper;
  readonly departures: Departures;
  readonly encoder: SpanEncoder;
  /** Keep traces whose entry lasts longer, in milliseconds; 0 for never. */
  readonly keepSlowMs: number;
}

/** Takes each span that ends: it is sent if its trace is kept or sampled without a doubt, otherwise recorded. */
export class SpanRecorder {
  readonly #options: SpanRecorderOptions;
  readonly #ended: DelayQueue<string>;
  readonly #running: DelayQueue<string>;
  /** Nothing is to wait any longer. */
  #lets = false;

  constructor(options: SpanRecorderOptions) {
    this.#options = options;
    this.#ended = new DelayQueue(HOLD_MS, MOST_HELD, (traceId) => this.#letGoIfOver(traceId));
    this.#running = new DelayQueue(LONGEST_HOLD_MS, MOST_HELD, (traceId) => this.#letGo(traceId));
  }

  ended(span: RecordedSpan): void {
    const { trace } = span;
    const isEntry = span.spanId === trace.entrySpanId;
    try {
      if (isEntry && this.#isSlow(span)) this.#options.keeper.keep(trace, "slow");
      this.#take(span, isEntry);
    } finally {
      if (isEntry) this.#options.record.exit(trace);
    }
  }

  /** Lets all sampled spans go that wait for the end of their hold. */
  flush(): void {
    this.#lets = true;
    this.#ended.flush();
    this.#running.flush();
    this.#lets = false;
  }

  close(): void {
    this.#lets = true;
    this.#ended.close();
    this.#running.close();
  }

  #take(span: RecordedSpan, isEntry: boolean): void {
    const { record, departures, encoder } = this.#options;
    const { trace } = span;
    const { decision } = trace;
    const missing = isEntry ? record.droppedOf(trace) + (decision?.dropped ?? 0) : 0;
    const payload = encoder.encode(span, missing);
    const header = { scope: departures.numberOf(span.scope), flags: encoder.bits() };
    if (decision?.kept === true) this.#sendKept(payload, header, decision, isEntry);
    else if (trace.sendsAll)
      departures.send(payload, header, { probability: trace.probability ?? Number.NaN, reason: "" });
    else this.#record(span, payload, header, isEntry);
  }

  #sendKept(
    payload: Uint8Array,
    header: { scope: number; flags: number },
    decision: TraceDecision,
    isEntry: boolean,
  ): void {
    const { keeper, departures } = this.#options;
    if (keeper.mayAlsoSend(decision, payload.length, isEntry)) departures.send(payload, header, decision);
  }

  #record(
    span: RecordedSpan,
    payload: Uint8Array,
    { scope, flags }: { scope: number; flags: number },
    isEntry: boolean,
  ): void {
    const { trace, servedBy } = span;
    const probability = trace.probability ?? Number.NaN;
    const recorded = this.#options.record.append(trace, {
      payload,
      scope,
      flags: trace.sampled ? flags | EntryFlag.sampled : flags,
      servedBy,
      probability,
      isEntry,
    });
    if (!recorded && servedBy > 0) this.#remember(trace, servedBy);
    if (!trace.sampled) return;
    if (recorded) this.#hold(trace, isEntry);
    else this.#options.departures.send(payload, { scope, flags }, { probability, reason: "" });
  }

  /** The span found no room: that its callee has a part of the trace is recorded all the same, once for each instance. */
  #remember(trace: LocalTrace, servedBy: number): void {
    trace.servedBeyond ??= new Set();
    if (trace.servedBeyond.has(servedBy)) return;
    trace.servedBeyond.add(servedBy);
    const mark = {
      payload: NOTHING,
      scope: 0,
      flags: trace.sampled ? EntryFlag.sent | EntryFlag.sampled : EntryFlag.sent,
      servedBy,
      probability: Number.NaN,
      isEntry: true,
    };
    this.#options.record.append(trace, mark);
  }

  /** Once for all that end meanwhile: letting a trace go looks at everything that is recorded of it. */
  #hold(trace: LocalTrace, isEntry: boolean): void {
    const hasLeft = isEntry || trace.slot < 0;
    if (!this.#options.record.hold(trace, hasLeft ? "ended" : "running")) return;
    (hasLeft ? this.#ended : this.#running).push(trace.keepId);
  }

  /** A trace may enter a process more often: its hold begins with its last end, but does not last for ever. */
  #letGoIfOver(traceId: string): void {
    const further = this.#lets ? undefined : this.#options.record.holdFurther(traceId);
    if (further === undefined) this.#letGo(traceId);
    else if (further === "ended") this.#ended.push(traceId);
    else if (further === "running") this.#running.push(traceId);
  }

  /** Sends the sampled spans of a trace that was not kept. */
  #letGo(traceId: string): void {
    this.#options.record.visit(traceId, (payload, header) => {
      if ((header.flags & (EntryFlag.sampled | EntryFlag.sent)) !== EntryFlag.sampled) return false;
      sendSampled(this.#options.departures, payload, header);
      return true;
    });
  }

  #isSlow({ startTime, endTime }: RecordedSpan): boolean {
    const { keepSlowMs } = this.#options;
    return keepSlowMs > 0 && ((endTime ?? startTime) - startTime) / 1_000 > keepSlowMs;
  }
}

/** Sends a span that was sampled, and whose trace nobody has kept. */
export function sendSampled(departures: Departures, ...[payload, header]: Parameters<EntryVisitor>): void {
  departures.send(payload, header, { probability: header.probability, reason: "" });
}
