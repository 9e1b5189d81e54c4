import { randomInt } from "node:crypto";
import type { TraceIdWords } from "../spans/index.ts";

/** What the index holds of one trace, in columns that never grow. */
export class TraceIndex {
  readonly capacity: number;
  /** Position in the ring of the trace's latest entry. */
  readonly latest: Float64Array;
  /** Entries of the trace that are in the ring. */
  readonly entries: Int32Array;
  /** Bytes that they take. */
  readonly bytes: Int32Array;
  /** Entries into this process that have not ended. */
  readonly open: Int32Array;
  /** Spans that found no room, since one trace must not push out all others. */
  readonly dropped: Int32Array;
  readonly flags: Uint8Array;
  /** Changes when a slot is given to another trace. */
  readonly generation: Uint32Array;
  readonly #ids: Int32Array;
  /** Open addressing with linear probing: slot + 1, or 0 for free. */
  readonly #table: Int32Array;
  readonly #mask: number;
  readonly #free: Int32Array;
  #freeCount: number;
  // Secret and odd: ids that were made to collide here cannot be known outside.
  // Fields and no array, which would be iterated over to be taken apart (240 bytes of garbage a request).
  readonly #k0 = oddKey();
  readonly #k1 = oddKey();
  readonly #k2 = oddKey();
  readonly #k3 = oddKey();

  /** @param capacity how many traces there may be at a time. */
  constructor(capacity: number) {
    this.capacity = capacity;
    this.latest = new Float64Array(capacity);
    this.entries = new Int32Array(capacity);
    this.bytes = new Int32Array(capacity);
    this.open = new Int32Array(capacity);
    this.dropped = new Int32Array(capacity);
    this.flags = new Uint8Array(capacity);
    this.generation = new Uint32Array(capacity);
    this.#ids = new Int32Array(capacity * 4);
    const size = 2 ** Math.ceil(Math.log2(capacity * 2));
    this.#table = new Int32Array(size);
    this.#mask = size - 1;
    this.#free = Int32Array.from({ length: capacity }, (_, index) => capacity - 1 - index);
    this.#freeCount = capacity;
  }

  /** Traces in the index. */
  get size(): number {
    return this.capacity - this.#freeCount;
  }

  /** Memory that it takes, in bytes, for good. */
  get memory(): number {
    const { latest, entries, bytes, open, dropped, flags, generation } = this;
    const columns = [
      latest,
      entries,
      bytes,
      open,
      dropped,
      flags,
      generation,
      this.#ids,
      this.#table,
      this.#free,
    ];
    return columns.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  /** The trace's slot, or -1. */
  find(id: TraceIdWords): number {
    const slot = this.#table[this.#placeOf(id)] as number;
    return slot - 1;
  }

  /** The trace's slot, or a new one; -1 if all are taken. */
  findOrAdd(id: TraceIdWords): number {
    const place = this.#placeOf(id);
    const known = (this.#table[place] as number) - 1;
    if (known >= 0 || this.#freeCount === 0) return known;
    const slot = this.#free[--this.#freeCount] as number;
    this.#table[place] = slot + 1;
    this.#ids[slot * 4] = id.a;
    this.#ids[slot * 4 + 1] = id.b;
    this.#ids[slot * 4 + 2] = id.c;
    this.#ids[slot * 4 + 3] = id.d;
    this.latest[slot] = -1;
    this.entries[slot] = 0;
    this.bytes[slot] = 0;
    this.open[slot] = 0;
    this.dropped[slot] = 0;
    this.flags[slot] = 0;
    return slot;
  }

  remove(slot: number): void {
    this.#close(this.#placeOfSlot(slot));
    this.generation[slot] = (this.generation[slot] as number) + 1;
    this.#free[this.#freeCount++] = slot;
  }

  /** Where the id stands in the table, or the free place where it would. */
  #placeOf(id: TraceIdWords): number {
    let place = this.#homeOf(id);
    for (;;) {
      const slot = (this.#table[place] as number) - 1;
      if (slot < 0 || this.#has(slot, id)) return place;
      place = (place + 1) & this.#mask;
    }
  }

  #has(slot: number, { a, b, c, d }: TraceIdWords): boolean {
    const at = slot * 4;
    const ids = this.#ids;
    return ids[at] === a && ids[at + 1] === b && ids[at + 2] === c && ids[at + 3] === d;
  }

  /** Where a trace that has a slot stands in the table. */
  #placeOfSlot(slot: number): number {
    let place = this.#homeOfSlot(slot);
    while (this.#table[place] !== slot + 1) place = (place + 1) & this.#mask;
    return place;
  }

  #homeOfSlot(slot: number): number {
    const ids = this.#ids;
    const at = slot * 4;
    return this.#home(ids[at] as number, ids[at + 1] as number, ids[at + 2] as number, ids[at + 3] as number);
  }

  #homeOf({ a, b, c, d }: TraceIdWords): number {
    return this.#home(a, b, c, d);
  }

  #home(a: number, b: number, c: number, d: number): number {
    let hash = Math.imul(a ^ this.#k3, this.#k0) ^ Math.imul(b ^ this.#k2, this.#k1);
    hash = Math.imul(hash ^ (hash >>> 15), this.#k2) ^ Math.imul(c ^ this.#k1, this.#k3);
    hash = Math.imul(hash ^ (hash >>> 13), this.#k0) ^ Math.imul(d ^ this.#k0, this.#k1);
    return (hash ^ (hash >>> 16)) & this.#mask;
  }

  /** Empties a place and moves those behind it that could not be found past a gap. */
  #close(place: number): void {
    let gap = place;
    for (let next = (gap + 1) & this.#mask; this.#table[next] !== 0; next = (next + 1) & this.#mask) {
      const home = this.#homeOfSlot((this.#table[next] as number) - 1);
      if (((next - home) & this.#mask) < ((next - gap) & this.#mask)) continue;
      this.#table[gap] = this.#table[next] as number;
      gap = next;
    }
    this.#table[gap] = 0;
  }
}

function oddKey(): number {
  return randomInt(2 ** 32) | 1;
}
