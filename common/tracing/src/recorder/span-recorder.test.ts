import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createRecorderScene } from "../../test/harness/recorder-scene.ts";
import { newTraceId } from "../spans/index.ts";
import { ByteRing } from "./byte-ring.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const REASON = "tracekeep.keep.reason";
const RATE = "sentry.client_sample_rate";
const DROPPED = "tracekeep.dropped_spans";
const SAMPLED = { sampled: true, probability: 0.25, traceState: "ot=th:c0000000000000" };

test("what is neither sampled nor kept never leaves", () => {
  const scene = createRecorderScene();
  for (let i = 0; i < 500; i++) {
    const entry = scene.enter("entry");
    const late = entry.begin("late");
    entry.record("below");
    entry.end();
    late.end();
  }
  vi.advanceTimersByTime(120_000);
  scene.spans.flush();
  scene.spans.close();
  expect(scene.exported).toEqual([]);
});

test("a sampled trace leaves a second after it has left the process, with the head rate", () => {
  const scene = createRecorderScene();
  const entry = scene.enter("entry", SAMPLED);
  entry.record("below");
  vi.advanceTimersByTime(5_000);
  entry.end();
  vi.advanceTimersByTime(999);
  expect(scene.exported).toEqual([]);
  vi.advanceTimersByTime(2);
  expect(scene.names()).toEqual(["below", "entry"]);
  for (const { attributes, traceState, kept } of scene.exported) {
    expect([attributes[RATE], attributes[REASON], kept]).toEqual([0.25, undefined, false]);
    expect(traceState).toBe("ot=th:c0000000000000");
  }
  expect(vi.getTimerCount()).toBeLessThanOrEqual(1);
  vi.advanceTimersByTime(60_000);
  expect(scene.exported).toHaveLength(2);
});

test("a sampled trace that fails before its second is over leaves once, as a kept one", () => {
  const scene = createRecorderScene();
  const entry = scene.enter("entry", SAMPLED);
  entry.record("below");
  entry.end();
  vi.advanceTimersByTime(900);
  scene.keeper.keepFromOutside(entry.trace.traceId, { probability: 1, reason: "error" });
  vi.advanceTimersByTime(60_000);
  expect(scene.names()).toEqual(["below", "entry"]);
  for (const { attributes, traceState } of scene.exported)
    expect([attributes[RATE], traceState]).toEqual([1, "ot=th:00000000000000"]);
});

test("spans below a sampled entry that lives long wait for half a minute, then leave", () => {
  const scene = createRecorderScene();
  const stream = scene.enter("stream", SAMPLED);
  stream.record("one");
  vi.advanceTimersByTime(15_000);
  stream.record("two");
  vi.advanceTimersByTime(14_990);
  expect(scene.names()).toEqual([]);
  vi.advanceTimersByTime(20);
  expect(scene.names()).toEqual(["one", "two"]);
  stream.record("three");
  vi.advanceTimersByTime(30_010);
  expect(scene.names()).toEqual(["one", "two", "three"]);
  scene.keeper.failed(stream.trace);
  stream.end();
  expect(scene.exported.map(({ attributes }) => attributes[RATE])).toEqual([0.25, 0.25, 0.25, 1]);
});

test("a sampled span that younger ones push out leaves at that moment", () => {
  const scene = createRecorderScene();
  const entry = scene.enter("entry", SAMPLED);
  entry.record("below");
  for (let i = 0; i < 1_000; i++) scene.enter("other").end();
  expect(scene.exported).toMatchObject([{ name: "below", attributes: { [RATE]: 0.25 }, kept: false }]);
  entry.end();
  vi.advanceTimersByTime(1_000);
  expect(scene.names()).toEqual(["below", "entry"]);
});

test("a sampled span that ends after its entry leaves too, once", () => {
  const scene = createRecorderScene();
  const entry = scene.enter("entry", SAMPLED);
  const late = entry.begin("late");
  entry.end();
  vi.advanceTimersByTime(10_000);
  late.end();
  vi.advanceTimersByTime(1_001);
  expect(scene.names()).toEqual(["entry", "late"]);
});

test.each([
  ["every trace is sampled", { sampled: true, probability: 1 }, 1],
  ["the caller has not said with which rate", { sampled: true }, undefined],
])("where %s, spans leave at once", (_case, options, rate) => {
  const scene = createRecorderScene();
  const entry = scene.enter("entry", options);
  entry.record("below");
  expect(scene.names()).toEqual(["below"]);
  entry.end();
  expect(scene.exported.map(({ attributes }) => attributes[RATE])).toEqual([rate, rate]);
  expect(scene.stats().record.spans).toBe(0);
});

test("a flush lets everything sampled go; after the close nothing waits", () => {
  const scene = createRecorderScene();
  const entry = scene.enter("entry", SAMPLED);
  entry.record("below");
  scene.spans.flush();
  expect(scene.names()).toEqual(["below"]);
  scene.spans.close();
  entry.end();
  expect(scene.names()).toEqual(["below", "entry"]);
  expect(vi.getTimerCount()).toBe(0);
});

test("a trace whose entry lasts longer than allowed is kept for that", () => {
  const scene = createRecorderScene({ slowMs: 200 });
  const [slow, quick] = [scene.enter("slow"), scene.enter("quick")];
  slow.record("below");
  vi.advanceTimersByTime(200);
  quick.end();
  vi.advanceTimersByTime(1);
  // A slow span below is no slow trace.
  const child = scene.enter("entry").begin("slow child");
  slow.end();
  vi.advanceTimersByTime(500);
  child.end();
  expect(scene.names()).toEqual(["below", "slow"]);
  expect(scene.exported.map(({ attributes }) => attributes[REASON])).toEqual(["slow", "slow"]);
});

test("a trace too large for its part of the record says on its entry how many spans are missing", () => {
  const scene = createRecorderScene();
  const entry = scene.enter("entry");
  for (let i = 0; i < 20; i++) entry.record(`span ${i}`, { bytes: 500 });
  entry.end();
  scene.keeper.keepFromOutside(entry.trace.traceId, { probability: 1, reason: "error" });
  const kept = scene.exported.length - 1;
  expect(scene.names()).toEqual([...Array.from({ length: kept }, (_, i) => `span ${i}`), "entry"]);
  expect(kept).toBeGreaterThan(3);
  expect(scene.exported.at(-1)?.attributes[DROPPED]).toBe(20 - kept);
  expect(scene.stats().record.oversized).toBe(20 - kept);
});

test("a kept trace may send a quarter of the record, and says on its entry how many spans are missing", () => {
  const scene = createRecorderScene();
  const entry = scene.enter("entry");
  scene.keeper.failed(entry.trace);
  for (let i = 0; i < 100; i++) entry.record("below", { bytes: 1_000 });
  entry.end();
  const sent = scene.exported.length - 1;
  expect(sent).toBeGreaterThanOrEqual(13);
  expect(sent).toBeLessThanOrEqual(16);
  expect(scene.exported.at(-1)).toMatchObject({ name: "entry", attributes: { [DROPPED]: 100 - sent } });
  expect(scene.stats().keep.oversized).toBe(100 - sent);
  // Others have lost nothing.
  const other = scene.enter("other");
  scene.keeper.failed(other.trace);
  other.end();
  expect(scene.exported.at(-1)?.attributes).not.toHaveProperty(DROPPED);
});

test("entries of a kept trace go on when its other spans have used up their share, until it is twice as much", () => {
  const scene = createRecorderScene();
  const job = scene.enter("job");
  scene.keeper.failed(job.trace);
  for (let i = 0; i < 100; i++) job.record("below", { bytes: 1_000 });
  const below = scene.exported.length;
  for (let i = 0; i < 100; i++) {
    const entry = scene.enter("entry", { traceId: job.trace.traceId });
    entry.span.setAttribute("text", "x".repeat(1_000));
    entry.end();
  }
  const entries = scene.names().filter((name) => name === "entry").length;
  expect(entries).toBeGreaterThanOrEqual(below - 1);
  expect(entries).toBeLessThanOrEqual(below + 1);
  expect(scene.stats().keep.oversized).toBe(200 - below - entries);
});

test.each([
  ["enters often", false],
  ["has many spans that end after their entries", true],
])("to let a trace go that %s, each of its spans is looked at a few times", (_what, hasLate) => {
  const scene = createRecorderScene({ recorderBytes: 4_194_304 });
  const looks = vi.spyOn(ByteRing.prototype, "payload");
  const traceId = newTraceId();
  for (let round = 1; round <= 3; round++) {
    for (let i = 0; i < 200; i++) {
      const entry = scene.enter("entry", { ...SAMPLED, traceId });
      const late = entry.begin("late");
      entry.end();
      if (hasLate) late.end();
    }
    // A second from the last end, which is looked for once a second.
    vi.advanceTimersByTime(2_002);
    expect(scene.exported).toHaveLength(round * (hasLate ? 400 : 200));
  }
  expect(looks.mock.calls.length).toBeLessThanOrEqual(scene.exported.length * 3);
  looks.mockRestore();
});

test("spans of thousands of traces at once are never mixed up", () => {
  const scene = createRecorderScene({ recorderBytes: 4_194_304, maxPerSecond: 100_000 });
  const entries = Array.from({ length: 3_000 }, (_, i) => scene.enter(`${i}`));
  for (let round = 0; round < 3; round++)
    for (const [i, entry] of entries.entries()) entry.record(`${i}/${round}`);
  for (const entry of entries.filter((_, i) => i % 3 === 0)) scene.keeper.failed(entry.trace);
  for (const entry of entries) entry.end();
  const expected = entries.flatMap((_, i) => (i % 3 === 0 ? [`${i}`, `${i}/0`, `${i}/1`, `${i}/2`] : []));
  expect(scene.names().sort()).toEqual(expected.sort());
  for (const { name, traceId } of scene.exported)
    expect(traceId).toBe(entries[Number.parseInt(name, 10)]?.trace.traceId);
});

test("a trace that enters a process more often has its second from its last end", () => {
  const scene = createRecorderScene();
  const first = scene.enter("first", SAMPLED);
  first.end();
  const { traceId } = first.trace;
  vi.advanceTimersByTime(900);
  scene.enter("second", { ...SAMPLED, traceId }).end();
  vi.advanceTimersByTime(900);
  scene.keeper.keepFromOutside(traceId, { probability: 1, reason: "error" });
  expect(scene.exported.map(({ name, attributes }) => [name, attributes[RATE]])).toEqual([
    ["first", 1],
    ["second", 1],
  ]);
});

test("a sampled trace that is still in the process waits for its end, but for half a minute at most", () => {
  const scene = createRecorderScene();
  const stream = scene.enter("stream", SAMPLED);
  const { traceId } = stream.trace;
  scene.enter("call", { ...SAMPLED, traceId }).end();
  vi.advanceTimersByTime(20_000);
  expect(scene.names()).toEqual([]);
  vi.advanceTimersByTime(12_000);
  expect(scene.names()).toEqual(["call"]);
  stream.end();
  vi.advanceTimersByTime(2_100);
  expect(scene.names()).toEqual(["call", "stream"]);
  expect(vi.getTimerCount()).toBe(0);
});

test("a sampled trace that was still in the process leaves a second after its end, and not half a minute", () => {
  const scene = createRecorderScene();
  const stream = scene.enter("stream", SAMPLED);
  scene.enter("call", { ...SAMPLED, traceId: stream.trace.traceId }).end();
  vi.advanceTimersByTime(5_000);
  stream.end();
  vi.advanceTimersByTime(2_100);
  expect(scene.names()).toEqual(["call", "stream"]);
});

test("nothing waits any longer once everything is to leave", () => {
  const scene = createRecorderScene();
  const stream = scene.enter("stream", SAMPLED);
  const { traceId } = stream.trace;
  for (const name of ["one", "two"]) scene.enter(name, { ...SAMPLED, traceId }).end();
  scene.spans.flush();
  expect(scene.names()).toEqual(["one", "two"]);
  scene.enter("three", { ...SAMPLED, traceId }).end();
  scene.spans.close();
  stream.end();
  expect(scene.names()).toEqual(["one", "two", "three", "stream"]);
  expect(vi.getTimerCount()).toBe(0);
});

test("a sampled trace whose calls found no room is not taken for one that was kept above since", () => {
  const scene = createRecorderScene();
  const traceId = newTraceId();
  const entry = scene.enter("entry", { ...SAMPLED, traceId });
  for (let i = 0; i < 100; i++) entry.record("below", { bytes: 1_000, servedBy: 1 });
  scene.enter("again", { ...SAMPLED, traceId }).end();
  entry.end();
  vi.advanceTimersByTime(60_000);
  expect(scene.exported).toHaveLength(102);
  expect(scene.exported.filter(({ kept }) => kept)).toEqual([]);
});
