import { type LocalTrace, readTraceId, type TraceIdWords } from "../spans/index.ts";
import { ByteRing, type EntryHeader, emptyHeader } from "./byte-ring.ts";
import type { FlightRecordStats } from "./flight-record-stats.ts";
import { TraceIndex } from "./trace-index.ts";
import { TraceMarks, type Wait } from "./trace-marks.ts";

/** Bits of an entry's flags; those from 4 on are the encoder's. */
export const EntryFlag = {
  /** Handed to the exporter already. */
  sent: 1,
  sampled: 2,
} as const;

/** One trace may hold this part of the record. */
const SHARE_OF_ONE_TRACE = 16;
/** Bytes for each trace that the index has a slot for: most take more. */
const BYTES_A_TRACE = 384;
/** How often a new trace may try to find a slot. */
const MOST_TRIES = 16;

/** A span as it is recorded. */
export interface RecordedBytes {
  readonly payload: Uint8Array;
  readonly scope: number;
  readonly flags: number;
  readonly servedBy: number;
  /** NaN if it is not known. */
  readonly probability: number;
  /** The first span of a trace in this process finds room where others do not. */
  readonly isEntry: boolean;
}

/** Receives an entry; the header and the bytes are valid during the call. */
export type EntryVisitor = (payload: Uint8Array, header: EntryHeader) => void;

export interface FlightRecordOptions {
  readonly bytes: number;
  /** Milliseconds that never run backwards. */
  readonly now: () => number;
  /** Takes a sampled span that is pushed out before it was sent. */
  readonly pushedOut: EntryVisitor;
}

/**
 * The last spans of this process, encoded, in memory that never grows: a ring of bytes, the spans of a
 * trace chained from its latest to its oldest, and an index of the traces. It also knows which traces
 * have an entry into this process that is still open.
 */
export class FlightRecord {
  readonly #ring: ByteRing;
  readonly #index: TraceIndex;
  readonly #marks: TraceMarks;
  readonly #options: FlightRecordOptions;
  readonly #began: number;
  readonly #mostOfOneTrace: number;
  readonly #id: TraceIdWords = { a: 0, b: 0, c: 0, d: 0 };
  readonly #entry: EntryHeader = emptyHeader();
  readonly #evicted: EntryHeader = emptyHeader();
  #hand = 0;
  #recordedCount = 0;
  #evictedCount = 0;
  #oversizedCount = 0;

  constructor(options: FlightRecordOptions) {
    this.#options = options;
    this.#ring = new ByteRing(options.bytes);
    this.#index = new TraceIndex(Math.ceil(options.bytes / BYTES_A_TRACE));
    this.#marks = new TraceMarks(this.#index);
    this.#began = options.now();
    this.#mostOfOneTrace = options.bytes / SHARE_OF_ONE_TRACE;
  }

  /** Notes a trace's entry into this process; true if it was here unsampled before, or is. */
  enter(trace: LocalTrace): boolean {
    const slot = this.#slotOf(trace.keepId);
    if (slot < 0) return false;
    trace.slot = slot;
    trace.generation = this.#index.generation[slot] as number;
    this.#index.open[slot] = (this.#index.open[slot] as number) + 1;
    const wasUnsampled = this.#marks.wasUnsampled(slot);
    if (!trace.sampled) this.#marks.unsampled(slot);
    return wasUnsampled;
  }

  /** Notes that the entry is over. */
  exit(trace: LocalTrace): void {
    const slot = this.#pinnedSlot(trace);
    trace.slot = -1;
    if (slot < 0) return;
    this.#index.open[slot] = (this.#index.open[slot] as number) - 1;
    this.#freeIfUnused(slot);
  }

  /** Records a span; false if its trace holds too much already. */
  append(trace: LocalTrace, span: RecordedBytes): boolean {
    const index = this.#index;
    let slot = this.#pinnedSlot(trace);
    if (slot < 0) slot = this.#slotOf(trace.keepId);
    const size = ByteRing.sizeOf(span.payload.length);
    if (slot < 0 || this.#isTooMuch(slot, size, span.isEntry)) {
      // A sampled span is sent at once instead: nothing is lost.
      const isLost = (span.flags & EntryFlag.sampled) === 0;
      if (isLost) this.#oversizedCount++;
      if (slot >= 0) {
        if (isLost) index.dropped[slot] = (index.dropped[slot] as number) + 1;
        this.#freeIfUnused(slot);
      }
      return false;
    }
    const header = this.#entry;
    header.previous = index.latest[slot] as number;
    header.slot = slot;
    header.recordedAt = this.#age();
    header.scope = span.scope;
    header.flags = span.flags;
    header.servedBy = span.servedBy;
    header.probability = span.probability;
    // Counted first: eviction must not free the slot that is being written to.
    index.entries[slot] = (index.entries[slot] as number) + 1;
    index.bytes[slot] = (index.bytes[slot] as number) + size;
    index.latest[slot] = this.#ring.append(span.payload, header, this.#evict);
    if ((span.flags & EntryFlag.sampled) === 0) this.#marks.unsampled(slot);
    this.#recordedCount++;
    return true;
  }

  /** Whether this process has seen the trace, as far back as the record reaches. */
  has(traceId: string): boolean {
    return this.#find(traceId) >= 0;
  }

  /** Spans of the trace that found no room. */
  droppedOf(trace: LocalTrace): number {
    const slot = this.#pinnedSlot(trace);
    return slot < 0 ? 0 : (this.#index.dropped[slot] as number);
  }

  /** Marks the trace as waiting to be let go, until it is visited; false if it was marked already. */
  hold(trace: LocalTrace, why: Wait): boolean {
    let slot = this.#pinnedSlot(trace);
    if (slot < 0) slot = this.#find(trace.keepId);
    return slot < 0 || this.#marks.hold(slot, why);
  }

  /** For what else a trace is to wait that has waited since it was left. */
  holdFurther(traceId: string): Wait | "held" | undefined {
    const slot = this.#find(traceId);
    return slot < 0 ? undefined : this.#marks.holdFurther(slot);
  }

  /** Notes that something was decided of the trace. */
  decided(traceId: string): void {
    const slot = this.#find(traceId);
    if (slot >= 0) this.#marks.decided(slot);
  }

  /** False if certainly nothing was decided of the trace. */
  mayBeDecided(trace: LocalTrace): boolean {
    const slot = this.#pinnedSlot(trace);
    return slot < 0 || this.#marks.isDecided(slot);
  }

  /** Shows all recorded spans of a trace, the oldest first. Those for which `visit` is true count as sent from now on. */
  visit(traceId: string, visit: (...entry: Parameters<EntryVisitor>) => boolean): void {
    const slot = this.#find(traceId);
    if (slot < 0) return;
    this.#marks.letGo(slot);
    const positions: number[] = [];
    for (let at = this.#index.latest[slot] as number; at >= this.#ring.tail; ) {
      positions.push(at);
      at = this.#ring.header(at, this.#entry).previous;
    }
    for (const position of positions.reverse()) {
      const header = this.#ring.header(position, this.#entry);
      if (visit(this.#ring.payload(position), header)) this.#ring.addFlag(position, EntryFlag.sent);
    }
  }

  stats(): FlightRecordStats {
    const ring = this.#ring;
    // Ages begin anew after 2^32 ms.
    const age = ring.count === 0 ? 0 : (this.#age() - ring.header(ring.oldest, this.#entry).recordedAt) >>> 0;
    return {
      bytes: ring.capacity,
      usedBytes: ring.used,
      indexBytes: this.#index.memory,
      spans: ring.count,
      traces: this.#index.size,
      recorded: this.#recordedCount,
      evicted: this.#evictedCount,
      oversized: this.#oversizedCount,
      horizonSeconds: age / 1_000,
    };
  }

  /** Entries find room where others do not, but a trace that enters again and again must not push out all others. */
  #isTooMuch(slot: number, size: number, isEntry: boolean): boolean {
    const held = this.#index.bytes[slot] as number;
    if (size > this.#ring.capacity / 2) return true;
    return isEntry ? held > this.#mostOfOneTrace * 2 : held + size > this.#mostOfOneTrace;
  }

  #age(): number {
    return Math.max(0, Math.round(this.#options.now() - this.#began)) % 2 ** 32;
  }

  #find(traceId: string): number {
    return this.#index.find(readTraceId(traceId, this.#id));
  }

  /** The slot that an open trace was given, if it still has it. */
  #pinnedSlot(trace: LocalTrace): number {
    const { slot, generation } = trace;
    return slot >= 0 && this.#index.generation[slot] === generation ? slot : -1;
  }

  /** The trace's slot, or a new one; -1 if all are taken. */
  #slotOf(traceId: string): number {
    const index = this.#index;
    let slot = index.findOrAdd(readTraceId(traceId, this.#id));
    for (let tries = 0; slot < 0 && tries < MOST_TRIES; tries++) {
      // One slot after the other, so that open traces and recorded ones give way by their numbers.
      this.#hand = (this.#hand + 1) % index.capacity;
      if (!this.#reclaim(this.#hand) && this.#ring.evictOldest(this.#evict))
        this.#reclaim(this.#evicted.slot);
      slot = index.findOrAdd(readTraceId(traceId, this.#id));
    }
    return slot;
  }

  /** Takes the slot of a trace that is open and has no spans: one that never ends must not hold it for ever. */
  #reclaim(slot: number): boolean {
    const { entries, open } = this.#index;
    if ((entries[slot] as number) > 0 || (open[slot] as number) === 0) return false;
    this.#index.remove(slot);
    return true;
  }

  #freeIfUnused(slot: number): void {
    const { entries, open } = this.#index;
    if ((entries[slot] as number) <= 0 && (open[slot] as number) <= 0) this.#index.remove(slot);
  }

  readonly #evict = (position: number): void => {
    const header = this.#ring.header(position, this.#evicted);
    const index = this.#index;
    this.#evictedCount++;
    if ((header.flags & (EntryFlag.sampled | EntryFlag.sent)) === EntryFlag.sampled)
      this.#options.pushedOut(this.#ring.payload(position), header);
    index.entries[header.slot] = (index.entries[header.slot] as number) - 1;
    index.bytes[header.slot] = (index.bytes[header.slot] as number) - this.#ring.size(position);
    this.#freeIfUnused(header.slot);
  };
}
