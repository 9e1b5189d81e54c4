import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type SpanSketch, sketch } from "../../test/protocols/harness/encoded-spans.ts";
import { TransactionAssembler } from "./assemble-transactions.ts";
import { readPlace } from "./decode-span.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** An assembler, and the groups of span ids that have left it. */
function assemble({ mostBytes = 1_000_000, mostSpans = 1_000 } = {}) {
  const groups: number[][] = [];
  const assembler = new TransactionAssembler({
    hand: (spans) => void groups.push(spans.map(({ bytes }) => Number.parseInt(readPlace(bytes).spanId, 16))),
    mostBytes,
    mostSpans,
  });
  const add = (...spans: SpanSketch[]): void => {
    for (const span of spans) assembler.add(sketch(span));
  };
  /** Lets what is ready go out, a turn for each group. */
  const turn = (): void => void vi.advanceTimersByTime(1);
  return { assembler, add, groups, turn };
}

test("children wait for the first span of their trace, and go out behind it, parents first", () => {
  const { add, groups, turn } = assemble();
  add({ id: 4, parent: 2 }, { id: 3, parent: 2 }, { id: 2, parent: 1 });
  turn();
  expect(groups).toEqual([]);
  add({ id: 1 });
  turn();
  expect(groups).toEqual([[1, 2, 4, 3]]);
});

test("a span whose parent is in another process is a first span", () => {
  const { add, groups, turn } = assemble();
  add({ id: 2, parent: 1 }, { id: 1, parent: 99, remote: true });
  turn();
  expect(groups).toEqual([[1, 2]]);
});

test("where a trace visits the process twice at a time, each visit gets its own spans", () => {
  const { add, groups, turn } = assemble();
  add({ id: 11, parent: 10 }, { id: 21, parent: 20 }, { id: 20, parent: 8, remote: true });
  turn();
  expect(groups).toEqual([[20, 21]]);
  add({ id: 10, parent: 9, remote: true });
  turn();
  expect(groups).toEqual([
    [20, 21],
    [10, 11],
  ]);
});

test("traces do not mix", () => {
  const { add, groups, turn } = assemble();
  add({ id: 2, parent: 1 }, { id: 3, parent: 1, trace: 2 }, { id: 1 });
  turn();
  expect(groups).toEqual([[1, 2]]);
});

test("spans whose first span does not come go out after 30 seconds, together", () => {
  const { assembler, add, groups } = assemble();
  add({ id: 2, parent: 1 });
  vi.advanceTimersByTime(20_000);
  add({ id: 3, parent: 1 }, { id: 5, parent: 4, trace: 2 });
  vi.advanceTimersByTime(9_000);
  expect(groups).toEqual([]);
  vi.advanceTimersByTime(2_000);
  expect(groups).toEqual([[2, 3]]);
  vi.advanceTimersByTime(20_000);
  expect(groups).toEqual([[2, 3], [5]]);
  expect([assembler.spans, assembler.bytes, vi.getTimerCount()]).toEqual([0, 0, 0]);
});

test("spans that end after their first span go out like those: after 30 seconds, or at a flush", () => {
  const { assembler, add, groups, turn } = assemble();
  add({ id: 1 }, { id: 2, parent: 1 });
  turn();
  expect(groups).toEqual([[1]]);
  vi.advanceTimersByTime(32_000);
  expect(groups).toEqual([[1], [2]]);
  add({ id: 3, parent: 1 });
  assembler.flush();
  expect(groups).toEqual([[1], [2], [3]]);
});

test("beyond the bound in bytes the trace that waits longest goes out", () => {
  const { assembler, add, groups } = assemble({ mostBytes: 3_000 });
  for (let trace = 1; trace <= 20; trace++) add({ id: trace + 100, parent: trace, trace });
  expect(assembler.bytes).toBeLessThanOrEqual(3_000);
  expect(groups.length).toBeGreaterThan(10);
  expect(groups.flat()).toEqual(groups.map((_, index) => 101 + index));
  assembler.flush();
  expect(groups.flat()).toHaveLength(20);
});

test("more spans than fit into a transaction go out in turns, so that other work gets its turn", () => {
  const { assembler, add, groups } = assemble({ mostSpans: 10 });
  for (let id = 2; id <= 25; id++) add({ id, parent: 1 });
  add({ id: 1 });
  expect(groups).toEqual([]);
  vi.advanceTimersToNextTimer();
  expect(groups.map(({ length }) => length)).toEqual([10]);
  assembler.flush();
  expect(groups.map(({ length }) => length)).toEqual([10, 10, 5]);
  expect(groups[0]?.[0]).toBe(1);
});

test("once closed, nothing waits and no timer is left", () => {
  const { assembler, add, groups } = assemble();
  add({ id: 2, parent: 1 });
  assembler.close();
  add({ id: 3, parent: 1 }, { id: 1 });
  expect(groups).toEqual([[2], [3], [1]]);
  vi.advanceTimersByTime(100);
  expect(vi.getTimerCount()).toBe(0);
});

test("parents that form a circle end nowhere, and still go out", () => {
  const { assembler, add, groups } = assemble();
  add({ id: 2, parent: 3 }, { id: 3, parent: 2 }, { id: 1 });
  assembler.flush();
  expect(groups.flat().toSorted()).toEqual([1, 2, 3]);
});

test("while thousands of spans of a trace wait, each further visit of it takes its own alone", () => {
  const { add, groups, turn } = assemble({ mostBytes: 100_000_000 });
  for (let id = 100_000; id < 110_000; id++) add({ id, parent: 1 });
  for (let id = 2; id < 3_000; id += 2) add({ id: id + 1, parent: id }, { id, parent: 99_999, remote: true });
  for (let visit = 0; visit < 1_499; visit++) turn();
  expect(groups).toHaveLength(1_499);
  expect(groups.every(({ length }) => length === 2)).toBe(true);
});
