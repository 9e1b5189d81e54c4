import fc from "fast-check";
import { expect, test } from "vitest";
import { LocalTrace } from "../spans/index.ts";
import { ByteRing } from "./byte-ring.ts";
import { EntryFlag, FlightRecord } from "./flight-record.ts";

const BYTES = 8_192;
const LARGEST_SHARE = BYTES / 16;

const idOf = (number: number): string => (number + 1).toString(16).padStart(32, "0");
const localTrace = (number: number) => new LocalTrace({ traceId: idOf(number), sampled: false });
const span = (payload: Uint8Array, more: Partial<Parameters<FlightRecord["append"]>[1]> = {}) => ({
  payload,
  scope: 0,
  flags: 0,
  servedBy: 0,
  probability: Number.NaN,
  isEntry: false,
  ...more,
});

interface RecordedEntry {
  readonly trace: number;
  readonly payload: Uint8Array;
  readonly servedBy: number;
  readonly sampled: boolean;
  sent: boolean;
}

/** A record beside a plain list of the spans that must be in it. */
class ModelledRecord {
  readonly pushedOut: string[] = [];
  readonly expectedOut: string[] = [];
  readonly entries: RecordedEntry[] = [];
  readonly open = new Map<number, LocalTrace[]>();
  now = 0;
  #filler = 0;
  #evicted = 0;
  readonly record = new FlightRecord({
    bytes: BYTES,
    now: () => this.now,
    pushedOut: (payload) => this.pushedOut.push(Buffer.from(payload).toString("hex")),
  });

  enter(number: number): void {
    const trace = localTrace(number);
    const unsampled = this.entries.some((entry) => entry.trace === number && !entry.sampled);
    const before = this.record.enter(trace);
    // True also while the trace is open and its unsampled spans have gone already.
    if (unsampled) expect(before).toBe(true);
    this.open.set(number, [...(this.open.get(number) ?? []), trace]);
  }

  exit(number: number): void {
    const trace = this.open.get(number)?.pop();
    if (trace !== undefined) this.record.exit(trace);
  }

  append(number: number, length: number, sampled: boolean, isEntry: boolean): void {
    const payload = new Uint8Array(length).fill(++this.#filler);
    const trace = this.open.get(number)?.at(-1) ?? localTrace(number);
    const held = this.#bytesOf(number);
    const size = ByteRing.sizeOf(length);
    const flags = sampled ? EntryFlag.sampled : 0;
    const taken = this.record.append(trace, span(payload, { flags, isEntry, servedBy: this.#filler }));
    if (!isEntry) expect(taken).toBe(held + size <= LARGEST_SHARE);
    else expect(taken).toBe(held <= LARGEST_SHARE * 2);
    if (taken) {
      const entry = { trace: number, payload, servedBy: this.#filler, sampled, sent: false };
      this.entries.push(entry);
    }
    this.#dropEvicted();
  }

  /** Shows a trace; every other unsent span counts as sent then. */
  visit(number: number): void {
    const expected = this.entries.filter((entry) => entry.trace === number);
    const seen: unknown[] = [];
    this.record.visit(idOf(number), (payload, header) => {
      const sent = (header.flags & EntryFlag.sent) !== 0;
      seen.push([Buffer.from(payload).toString("hex"), header.servedBy, sent]);
      return header.servedBy % 2 === 0;
    });
    expect(seen).toEqual(
      expected.map(({ payload, servedBy, sent }) => [Buffer.from(payload).toString("hex"), servedBy, sent]),
    );
    for (const entry of expected) entry.sent ||= entry.servedBy % 2 === 0;
  }

  check(): void {
    const { spans, traces, evicted, recorded, usedBytes, bytes } = this.record.stats();
    const open = [...this.open].filter(([, entries]) => entries.length > 0).map(([number]) => number);
    const known = new Set([...this.entries.map(({ trace }) => trace), ...open]);
    expect({ spans, traces, evicted, recorded }).toEqual({
      spans: this.entries.length,
      traces: known.size,
      evicted: this.#evicted,
      recorded: this.#evicted + this.entries.length,
    });
    expect(usedBytes).toBeLessThanOrEqual(bytes);
    for (let number = 0; number < 12; number++) {
      expect(this.record.has(idOf(number))).toBe(known.has(number));
      expect(this.#bytesOf(number)).toBeLessThanOrEqual(BYTES / 2);
    }
    expect(this.pushedOut).toEqual(this.expectedOut);
  }

  #bytesOf(number: number): number {
    const entries = this.entries.filter((entry) => entry.trace === number);
    return entries.reduce((sum, { payload }) => sum + ByteRing.sizeOf(payload.length), 0);
  }

  /** The oldest go first; which ones exactly is the ring's business. */
  #dropEvicted(): void {
    while (this.entries.length > this.record.stats().spans) {
      const oldest = this.entries.shift() as RecordedEntry;
      this.#evicted++;
      if (oldest.sampled && !oldest.sent) this.expectedOut.push(Buffer.from(oldest.payload).toString("hex"));
    }
  }
}

const trace = fc.integer({ min: 0, max: 11 });
const length = fc.oneof(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 300, max: 600 }));
const step = fc.oneof(
  fc.record({ kind: fc.constant("enter" as const), trace }),
  fc.record({ kind: fc.constant("exit" as const), trace }),
  fc.record({ kind: fc.constant("visit" as const), trace }),
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("append" as const),
      trace,
      length,
      sampled: fc.boolean(),
      isEntry: fc.boolean(),
    }),
  },
);

test("the record holds the spans of each trace, the oldest first, whatever comes", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 200 }), (steps) => {
      const model = new ModelledRecord();
      for (const each of steps) {
        if (each.kind === "append") model.append(each.trace, each.length, each.sampled, each.isEntry);
        else model[each.kind](each.trace);
        model.check();
      }
    }),
    { numRuns: 300 },
  );
});

test("of a trace whose oldest spans have gone, the rest is there", () => {
  const model = new ModelledRecord();
  for (let i = 0; i < 5; i++) model.append(0, 40, false, false);
  for (let i = 0; model.entries.filter((entry) => entry.trace === 0).length > 2; i++)
    model.append(1 + (i % 11), 100, false, true);
  model.visit(0);
  model.check();
});

test("a trace may hold a sixteenth; what it may not is counted, and told on its entry", () => {
  const record = new ModelledRecord().record;
  const open = localTrace(0);
  record.enter(open);
  const taken = Array.from({ length: 20 }, () => record.append(open, span(new Uint8Array(88))));
  expect(taken.filter((yes) => yes)).toHaveLength(LARGEST_SHARE / 128);
  expect(record.droppedOf(open)).toBe(16);
  expect(record.append(open, span(new Uint8Array(300), { isEntry: true }))).toBe(true);
  expect(record.stats()).toMatchObject({ spans: 5, recorded: 5, oversized: 16, evicted: 0 });
});

test("a trace that enters again and again pushes out no others: entries have an end to their room, too", () => {
  const record = new ModelledRecord().record;
  record.append(localTrace(1), span(new Uint8Array(88)));
  for (let i = 0; i < 500; i++) {
    const entry = localTrace(0);
    record.enter(entry);
    record.append(entry, span(new Uint8Array(88), { isEntry: true }));
    record.exit(entry);
  }
  expect(record.has(idOf(1))).toBe(true);
  expect(record.stats().usedBytes).toBeLessThanOrEqual(4 * LARGEST_SHARE);
});

test("a trace has room again once its spans have gone", () => {
  const record = new ModelledRecord().record;
  const open = localTrace(0);
  record.enter(open);
  while (record.append(open, span(new Uint8Array(88))));
  for (let number = 1; record.stats().evicted < 4; number++)
    record.append(localTrace(number), span(new Uint8Array(88), { isEntry: true }));
  expect(record.append(open, span(new Uint8Array(88)))).toBe(true);
});

test("the horizon is the age of the oldest span, also after weeks", () => {
  const model = new ModelledRecord();
  const { record } = model;
  expect(record.stats().horizonSeconds).toBe(0);
  // Ages are kept in 32 bits of milliseconds: they begin anew after seven weeks.
  for (const start of [0, 2 ** 32 - 2_000, 2 ** 33 - 2_000]) {
    model.now = start;
    for (let number = 0; number < 40; number++) record.append(localTrace(number), span(new Uint8Array(200)));
    model.now += 3_500;
    expect(record.stats().horizonSeconds).toBe(3.5);
  }
});
