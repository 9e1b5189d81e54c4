/** Every entry begins with two words: its whole length, and the payload's length, or this for a gap. */
const GAP = 0xffff_ffff;
const HEADER_BYTES = 40;

/** What stands beside the bytes of a span in the ring. */
export interface EntryHeader {
  /** Where the entry before it of the same trace begins; -1 for none. */
  previous: number;
  /** Of its trace, in the index. */
  slot: number;
  /** Milliseconds since the record was made. */
  recordedAt: number;
  /** The instrumentation scope, by number. */
  scope: number;
  /** Bits of EntryFlag. */
  flags: number;
  /** Who served the call, by number; 0 for nobody. */
  servedBy: number;
  /** The probability with which its trace was sampled; NaN if that is not known. */
  probability: number;
}

/**
 * A preallocated ring of byte strings, the oldest of which make room for new ones. An entry is known
 * by its position: how many bytes were written before it since the ring was made. A position below
 * `tail` is of an entry that has gone.
 */
export class ByteRing {
  readonly capacity: number;
  readonly #bytes: Buffer;
  readonly #words: Uint32Array;
  readonly #doubles: Float64Array;
  #head = 0;
  #tail = 0;
  /** Where the tail is in memory; all other places are counted from it, since a remainder of large numbers is slow. */
  #tailOffset = 0;
  #count = 0;

  /** @param bytes rounded down to a multiple of eight. */
  constructor(bytes: number) {
    this.capacity = Math.floor(bytes / 8) * 8;
    const memory = new ArrayBuffer(this.capacity);
    this.#bytes = Buffer.from(memory);
    this.#words = new Uint32Array(memory);
    this.#doubles = new Float64Array(memory);
  }

  /** Entries that are in the ring. */
  get count(): number {
    return this.#count;
  }

  /** Bytes that are taken, headers and gaps included. */
  get used(): number {
    return this.#head - this.#tail;
  }

  /** Positions below it are of entries that have gone. */
  get tail(): number {
    return this.#tail;
  }

  /** The position of the oldest entry, of which there must be one. */
  get oldest(): number {
    return this.#isGap(this.#tail) ? this.#tail + this.size(this.#tail) : this.#tail;
  }

  /** What an entry takes. */
  static sizeOf(payload: number): number {
    return HEADER_BYTES + Math.ceil(payload / 8) * 8;
  }

  /**
   * Appends an entry and gives its position. `evict` is called with each entry that has to go, before its bytes are
   * overwritten. The entry may take half the ring at most.
   */
  append(payload: Uint8Array, header: EntryHeader, evict: (position: number) => void): number {
    const size = ByteRing.sizeOf(payload.length);
    const toEnd = this.capacity - this.#offsetOf(this.#head);
    // An entry never wraps: what is left at the end becomes a gap.
    const gap = toEnd < size ? toEnd : 0;
    while (this.#head + gap + size - this.#tail > this.capacity) this.#evictOldest(evict);
    if (gap > 0) {
      const word = this.#offsetOf(this.#head) >> 2;
      this.#words[word] = gap;
      this.#words[word + 1] = GAP;
      this.#head += gap;
    }
    const position = this.#head;
    const offset = this.#offsetOf(position);
    const word = offset >> 2;
    this.#words[word] = size;
    this.#words[word + 1] = payload.length;
    this.#doubles[(offset >> 3) + 1] = header.previous;
    this.#words[word + 4] = header.slot;
    this.#words[word + 5] = header.recordedAt;
    this.#words[word + 6] = (header.scope << 8) | header.flags;
    this.#words[word + 7] = header.servedBy;
    this.#doubles[(offset >> 3) + 4] = header.probability;
    this.#bytes.set(payload, offset + HEADER_BYTES);
    this.#head += size;
    this.#count++;
    return position;
  }

  /** Removes the oldest entry; false if there is none. */
  evictOldest(evict: (position: number) => void): boolean {
    if (this.#count === 0) return false;
    if (this.#isGap(this.#tail)) this.#evictOldest(evict);
    this.#evictOldest(evict);
    return true;
  }

  /** Reads the header of an entry that is in the ring, into the object given. */
  header(position: number, into: EntryHeader): EntryHeader {
    const offset = this.#offsetOf(position);
    const word = offset >> 2;
    into.previous = this.#doubles[(offset >> 3) + 1] as number;
    into.slot = this.#words[word + 4] as number;
    into.recordedAt = this.#words[word + 5] as number;
    const packed = this.#words[word + 6] as number;
    into.scope = packed >>> 8;
    into.flags = packed & 0xff;
    into.servedBy = this.#words[word + 7] as number;
    into.probability = this.#doubles[(offset >> 3) + 4] as number;
    return into;
  }

  /** The bytes of an entry that is in the ring; valid until the next `append`. */
  payload(position: number): Uint8Array {
    const offset = this.#offsetOf(position);
    const start = offset + HEADER_BYTES;
    return this.#bytes.subarray(start, start + (this.#words[(offset >> 2) + 1] as number));
  }

  size(position: number): number {
    return this.#words[this.#offsetOf(position) >> 2] as number;
  }

  addFlag(position: number, flag: number): void {
    const word = (this.#offsetOf(position) >> 2) + 6;
    this.#words[word] = (this.#words[word] as number) | flag;
  }

  #evictOldest(evict: (position: number) => void): void {
    const position = this.#tail;
    if (!this.#isGap(position)) {
      evict(position);
      this.#count--;
    }
    const size = this.size(position);
    this.#tail += size;
    this.#tailOffset = (this.#tailOffset + size) % this.capacity;
  }

  #isGap(position: number): boolean {
    return this.#words[(this.#offsetOf(position) >> 2) + 1] === GAP;
  }

  /** @param position from the tail to the head. */
  #offsetOf(position: number): number {
    const offset = this.#tailOffset + (position - this.#tail);
    return offset < this.capacity ? offset : offset - this.capacity;
  }
}

/** A header to fill, so that reading one allocates nothing. */
export function emptyHeader(): EntryHeader {
  return { previous: -1, slot: 0, recordedAt: 0, scope: 0, flags: 0, servedBy: 0, probability: 0 };
}
