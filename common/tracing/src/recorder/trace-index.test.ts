import fc from "fast-check";
import { expect, test } from "vitest";
import type { TraceIdWords } from "../spans/index.ts";
import { TraceIndex } from "./trace-index.ts";

/** An index beside a plain map of what must be in it. */
class ModelledIndex {
  readonly index: TraceIndex;
  readonly slots = new Map<string, number>();
  readonly ids = new Map<string, TraceIdWords>();
  readonly generations = new Map<number, number>();

  constructor(capacity: number) {
    this.index = new TraceIndex(capacity);
  }

  add(id: TraceIdWords): void {
    const key = keyOf(id);
    this.ids.set(key, id);
    if (this.slots.has(key)) {
      expect(this.index.findOrAdd(id)).toBe(this.slots.get(key));
      return;
    }
    const isFull = this.slots.size === this.index.capacity;
    const slot = this.index.findOrAdd(id);
    expect(slot === -1).toBe(isFull);
    if (isFull) return;
    expect([...this.slots.values()]).not.toContain(slot);
    this.expectFresh(slot);
    this.slots.set(key, slot);
    // Rubbish for the next trace that gets this slot.
    for (const column of [this.index.entries, this.index.bytes, this.index.open, this.index.dropped])
      column[slot] = 7;
    this.index.latest[slot] = 7;
    this.index.flags[slot] = 7;
  }

  expectFresh(slot: number): void {
    const { latest, entries, bytes, open, dropped, flags } = this.index;
    expect([latest[slot], entries[slot], bytes[slot], open[slot], dropped[slot], flags[slot]]).toEqual([
      -1, 0, 0, 0, 0, 0,
    ]);
  }

  remove(id: TraceIdWords): void {
    const key = keyOf(id);
    this.ids.set(key, id);
    const slot = this.slots.get(key);
    if (slot === undefined) return;
    const before = this.index.generation[slot] as number;
    this.index.remove(slot);
    expect(this.index.generation[slot]).not.toBe(before);
    this.slots.delete(key);
  }

  check(): void {
    expect(this.index.size).toBe(this.slots.size);
    for (const [key, id] of this.ids) expect(this.index.find(id)).toBe(this.slots.get(key) ?? -1);
  }
}

function keyOf({ a, b, c, d }: TraceIdWords): string {
  return `${a},${b},${c},${d}`;
}

const word = fc.oneof(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), fc.constantFrom(0, -1));
/** Few different ids, so that the same ones come again, and ids that differ in one word only. */
const ids = fc.oneof(
  fc.integer({ min: 0, max: 12 }).map((a) => ({ a, b: 0, c: 0, d: 0 })),
  fc.integer({ min: 0, max: 12 }).map((d) => ({ a: 0, b: 0, c: 0, d })),
  fc.record({ a: word, b: word, c: word, d: word }),
);
const steps = fc.array(fc.tuple(fc.constantFrom("add" as const, "remove" as const), ids), {
  minLength: 1,
  maxLength: 150,
});

// A table that small is half full at most, and wraps around often: most places are somebody else's home.
test.each([1, 2, 3, 7, 16])("an index of %d traces finds those that are in it, and no other", (capacity) => {
  fc.assert(
    fc.property(steps, (sequence) => {
      const model = new ModelledIndex(capacity);
      for (const [step, id] of sequence) {
        model[step](id);
        model.check();
      }
    }),
    { numRuns: 200 },
  );
});

test("a full index of many traces finds each one, also after every other one has gone", () => {
  const capacity = 10_000;
  const index = new TraceIndex(capacity);
  const idOf = (number: number): TraceIdWords => ({ a: 1, b: number & 0xff, c: 0, d: number });
  const slots = Array.from({ length: capacity }, (_, number) => index.findOrAdd(idOf(number)));
  expect(new Set(slots).size).toBe(capacity);
  expect(index.findOrAdd(idOf(capacity))).toBe(-1);
  for (let number = 0; number < capacity; number += 2) index.remove(slots[number] as number);
  expect(index.size).toBe(capacity / 2);
  const found = slots.map((_slot, number) => index.find(idOf(number)));
  expect(found).toEqual(slots.map((slot, number) => (number % 2 === 0 ? -1 : slot)));
});

test("a slot's generation changes with each trace that it is given to", () => {
  const index = new TraceIndex(1);
  const seen = new Set<number>();
  for (let number = 0; number < 100; number++) {
    const slot = index.findOrAdd({ a: number, b: 0, c: 0, d: 0 });
    seen.add(index.generation[slot] as number);
    index.remove(slot);
  }
  expect(seen.size).toBe(100);
});
