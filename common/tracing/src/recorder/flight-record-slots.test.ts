import { expect, test } from "vitest";
import { LocalTrace } from "../spans/index.ts";
import { FlightRecord } from "./flight-record.ts";

const BYTES = 65_536;
const SLOTS = Math.ceil(BYTES / 384);

const idOf = (number: number): string => (number + 1).toString(16).padStart(32, "0");
const localTrace = (number: number) => new LocalTrace({ traceId: idOf(number), sampled: false });
const makeRecord = () => new FlightRecord({ bytes: BYTES, now: () => 0, pushedOut() {} });
const span = (length: number, isEntry = true) => ({
  payload: new Uint8Array(length).fill(length),
  scope: 0,
  flags: 0,
  servedBy: 0,
  probability: Number.NaN,
  isEntry,
});

function seen(record: FlightRecord, number: number): number[] {
  const lengths: number[] = [];
  record.visit(idOf(number), (payload) => {
    lengths.push(payload.length);
    return false;
  });
  return lengths;
}

/** One trace that enters, ends and is recorded. */
function pass(record: FlightRecord, number: number, length: number): boolean {
  const entry = localTrace(number);
  record.enter(entry);
  const taken = record.append(entry, span(length));
  record.exit(entry);
  return taken;
}

test("more tiny traces than there are slots push out the oldest, and each new one is recorded", () => {
  const record = makeRecord();
  for (let number = 0; number < SLOTS * 20; number++) {
    expect(pass(record, number, 1)).toBe(true);
    expect(seen(record, number)).toEqual([1]);
  }
  expect(record.stats()).toMatchObject({ traces: SLOTS, spans: SLOTS, oversized: 0 });
});

test("traces that never end give way to those that do", () => {
  const record = makeRecord();
  const abandoned = Array.from({ length: SLOTS * 3 }, (_, number) => {
    const entry = localTrace(number);
    record.enter(entry);
    return entry;
  });
  for (let number = 10_000; number < 10_000 + SLOTS * 3; number++) {
    expect(pass(record, number, 50)).toBe(true);
    expect(seen(record, number)).toEqual([50]);
  }
  expect(record.stats().spans).toBeGreaterThan(SLOTS * 0.9);
  // Their slots are others' by now.
  for (const entry of abandoned) record.exit(entry);
  expect(record.stats().traces).toBeLessThanOrEqual(SLOTS);
  expect(pass(record, 1, 50)).toBe(true);
});

test("neither do those that have spans in the record", () => {
  const record = makeRecord();
  for (let number = 0; number < SLOTS * 3; number++) {
    const entry = localTrace(number);
    record.enter(entry);
    record.append(entry, span(100, false));
  }
  let recorded = 0;
  for (let number = 10_000; number < 10_000 + SLOTS; number++) if (pass(record, number, 100)) recorded++;
  expect(recorded).toBe(SLOTS);
});

test("one whose slot was given to another trace touches nothing of that trace", () => {
  const record = makeRecord();
  const abandoned = localTrace(0);
  record.enter(abandoned);
  const { slot } = abandoned;
  let heir = abandoned;
  let ended = abandoned;
  for (let number = 100; number < 100 + SLOTS * 4 && ended === abandoned; number++) {
    const entry = localTrace(number);
    record.enter(entry);
    if (entry.slot === slot) heir = entry;
    // Room for the abandoned one's spans, so that nobody has to give way.
    else if (heir !== abandoned) ended = entry;
  }
  expect(heir).not.toBe(abandoned);
  record.exit(ended);
  record.append(heir, span(10, false));
  expect(record.has(idOf(0))).toBe(false);
  expect(record.droppedOf(abandoned)).toBe(0);
  record.append(abandoned, span(20, false));
  record.decided(abandoned.traceId);
  expect(record.mayBeDecided(heir)).toBe(false);
  expect(record.mayBeDecided(abandoned)).toBe(true);
  record.exit(abandoned);
  record.exit(abandoned);
  record.append(heir, span(11, false));
  expect(seen(record, Number.parseInt(heir.traceId, 16) - 1)).toEqual([10, 11]);
  expect(seen(record, 0)).toEqual([20]);
});

test.each([
  ["late spans of a sixteenth and more", BYTES / 16 + 1, false],
  ["entries of half the record and more", BYTES / 2, true],
])("%s are left out, and leave no slot behind", (_case, length, isEntry) => {
  const record = makeRecord();
  for (let number = 0; number < SLOTS * 2; number++)
    expect(record.append(localTrace(number), span(length, isEntry))).toBe(false);
  expect(record.stats()).toMatchObject({ traces: 0, oversized: SLOTS * 2 });
  expect(pass(record, 10_000, 100)).toBe(true);
});

test("a trace that is in this process several times at once is over with its last end", () => {
  const record = makeRecord();
  const [outer, inner] = [localTrace(0), localTrace(0)];
  record.enter(outer);
  record.enter(inner);
  record.exit(inner);
  expect(record.has(idOf(0))).toBe(true);
  record.exit(outer);
  expect(record.has(idOf(0))).toBe(false);
});

test("its memory is there from the start, and never grows", () => {
  const payload = new Uint8Array(1_000);
  const record = makeRecord();
  const before = process.memoryUsage().arrayBuffers;
  for (let number = 0; number < 20_000; number++) {
    const entry = localTrace(number);
    record.enter(entry);
    record.append(entry, { ...span(0), payload: payload.subarray(number % 1_000) });
    if (number % 3 > 0) record.exit(entry);
  }
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(BYTES / 2);
  expect(record.stats().traces).toBeLessThanOrEqual(SLOTS);
});
