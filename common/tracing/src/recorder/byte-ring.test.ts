import fc from "fast-check";
import { expect, test } from "vitest";
import { ByteRing, type EntryHeader, emptyHeader } from "./byte-ring.ts";

interface Entry {
  readonly position: number;
  readonly payload: Uint8Array;
  readonly header: EntryHeader;
}

/** A ring beside a plain list of what must be in it. */
class ModelledRing {
  readonly ring: ByteRing;
  readonly entries: Entry[] = [];
  readonly evicted: number[] = [];
  #filler = 0;

  constructor(bytes: number) {
    this.ring = new ByteRing(bytes);
  }

  append(length: number, header: EntryHeader): void {
    const payload = new Uint8Array(length).fill(++this.#filler);
    const position = this.ring.append(payload, header, this.#evict);
    this.entries.push({ position, payload, header: { ...header } });
  }

  evictOldest(): boolean {
    return this.ring.evictOldest(this.#evict);
  }

  /** An entry is whole at the moment it goes: whoever takes it then reads nothing else. */
  readonly #evict = (position: number): void => {
    const oldest = this.entries.shift();
    expect(position).toBe(oldest?.position);
    if (oldest !== undefined) this.#expectEntry(oldest);
    this.evicted.push(position);
  };

  #expectEntry({ position, payload, header }: Entry): void {
    expect(this.ring.header(position, emptyHeader())).toEqual(header);
    expect(Buffer.compare(this.ring.payload(position), payload)).toBe(0);
  }

  check(): void {
    const { ring, entries } = this;
    expect(ring.count).toBe(entries.length);
    for (const entry of entries) this.#expectEntry(entry);
    const [oldest] = entries;
    if (oldest !== undefined) expect(ring.oldest).toBe(oldest.position);
    for (const position of this.evicted) expect(position).toBeLessThan(ring.tail);
    for (const { position } of entries) expect(position).toBeGreaterThanOrEqual(ring.tail);
    const bytes = entries.reduce((sum, { payload }) => sum + ByteRing.sizeOf(payload.length), 0);
    expect(ring.used).toBeGreaterThanOrEqual(bytes);
    expect(ring.used).toBeLessThanOrEqual(ring.capacity);
  }
}

const uint32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const header: fc.Arbitrary<EntryHeader> = fc.record({
  previous: fc.oneof(fc.constant(-1), fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })),
  slot: uint32,
  recordedAt: uint32,
  scope: fc.integer({ min: 0, max: 2 ** 24 - 1 }),
  flags: fc.integer({ min: 0, max: 255 }),
  servedBy: uint32,
  probability: fc.oneof(fc.constant(Number.NaN), fc.double({ min: 0, max: 1, noNaN: true })),
});
/** Up to entries of half the ring: what the flight record allows. */
const steps = (capacity: number) => {
  const longest = Math.floor(capacity / 16) * 8 - ByteRing.sizeOf(0);
  const length = fc.oneof(
    fc.integer({ min: 0, max: longest }),
    fc.integer({ min: 0, max: Math.min(64, longest) }),
    fc.constant(longest),
  );
  return fc.array(
    fc.oneof({ weight: 9, arbitrary: fc.tuple(length, header) }, fc.constant("evict" as const)),
    {
      minLength: 1,
      maxLength: 120,
    },
  );
};

test.each([256, 1_000, 4_099])(
  "a ring of %d bytes holds the latest entries, whole, whatever comes",
  (bytes) => {
    fc.assert(
      fc.property(steps(Math.floor(bytes / 8) * 8), (sequence) => {
        const model = new ModelledRing(bytes);
        for (const step of sequence) {
          if (step !== "evict") model.append(...step);
          else {
            const before = model.entries.length;
            expect(model.evictOldest()).toBe(before > 0);
            expect(model.entries.length).toBe(Math.max(0, before - 1));
          }
          model.check();
        }
      }),
      { numRuns: 300 },
    );
  },
);

test("no more goes than must: entries that fill the ring exactly all stay", () => {
  const model = new ModelledRing(800);
  for (let i = 0; i < 10; i++) model.append(40, emptyHeader());
  expect(model.ring.count).toBe(10);
  expect(model.ring.used).toBe(800);
  model.append(40, emptyHeader());
  expect(model.evicted).toEqual([0]);
  model.check();
});

test("what does not fit at the end begins at the start, and the rest of the end counts as taken", () => {
  const model = new ModelledRing(800);
  for (let i = 0; i < 7; i++) model.append(60, emptyHeader());
  model.append(60, emptyHeader());
  expect(model.entries.at(-1)?.position).toBe(800);
  model.check();
});

test("asked to make room, it lets an entry go even where a gap comes first", () => {
  const model = new ModelledRing(256);
  model.append(80, emptyHeader());
  model.append(56, emptyHeader());
  // 40 bytes are left at the end: a gap.
  model.append(80, emptyHeader());
  while (model.entries.length > 1) model.evictOldest();
  expect(model.evictOldest()).toBe(true);
  expect(model.ring.count).toBe(0);
  expect(model.evictOldest()).toBe(false);
});

test("a flag that is added later changes nothing else", () => {
  fc.assert(
    fc.property(header, fc.integer({ min: 0, max: 255 }), (given, flag) => {
      const ring = new ByteRing(256);
      const position = ring.append(Uint8Array.of(1, 2, 3), given, () => {});
      ring.addFlag(position, flag);
      expect(ring.header(position, emptyHeader())).toEqual({ ...given, flags: given.flags | flag });
      expect([...ring.payload(position)]).toEqual([1, 2, 3]);
    }),
  );
});
