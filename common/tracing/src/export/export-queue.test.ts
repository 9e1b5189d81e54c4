import fc from "fast-check";
import { expect, test } from "vitest";
import { ExportQueue, type QueueRefusal } from "./export-queue.ts";

interface Item {
  readonly id: number;
  readonly bytes: Uint8Array;
  readonly kept: boolean;
  readonly spans: number;
}

let lastId = 0;
const item = (bytes: number, kept = false, spans = 1): Item => ({
  id: ++lastId,
  bytes: new Uint8Array(bytes),
  kept,
  spans,
});

function makeQueue(limit: number, batch: number) {
  const dropped: [QueueRefusal, number][] = [];
  const queue = new ExportQueue<Item>(limit, batch, (reason, spans) => dropped.push([reason, spans]));
  return { queue, dropped };
}

const ids = (items: readonly Item[]): number[] => items.map(({ id }) => id);

test("the queue never holds more bytes than its limit, and takes spans again once there is room", () => {
  const { queue, dropped } = makeQueue(1_000, 500);
  for (let count = 0; count < 30; count++) queue.add(item(100));
  expect(dropped).toEqual(Array(20).fill(["queue_full", 1]));
  expect([queue.spans, queue.bytes]).toEqual([10, 1_000]);
  expect(queue.take(250, 100)).toHaveLength(2);
  queue.add(item(201));
  expect(dropped).toHaveLength(21);
  queue.add(item(200));
  expect(dropped).toHaveLength(21);
  expect(queue.bytes).toBe(1_000);
});

test("kept traces leave first, and push sampled ones out where there is no room, the oldest first", () => {
  const { queue, dropped } = makeQueue(1_000, 500);
  const sampled = Array.from({ length: 10 }, () => item(100, false, 3));
  for (const each of sampled) queue.add(each);
  const kept = [item(250, true), item(50, true)];
  for (const each of kept) queue.add(each);
  expect(dropped).toEqual(Array(3).fill(["queue_full", 3]));
  expect([queue.bytes, queue.keptSpans]).toEqual([1_000, 2]);
  expect(ids(queue.take(500, 100))).toEqual(ids([...kept, ...sampled.slice(3, 5)]));
});

test("a kept trace that finds only kept ones is dropped, and what is larger than a request always", () => {
  const { queue, dropped } = makeQueue(1_000, 500);
  for (let count = 0; count < 10; count++) queue.add(item(100, true));
  queue.add(item(100, true));
  queue.add(item(501, true));
  expect(dropped).toEqual([
    ["queue_full", 1],
    ["too_large", 1],
  ]);
});

test("what is put back goes before all others", () => {
  const { queue } = makeQueue(1_000, 500);
  const items = Array.from({ length: 6 }, (_, index) => item(100, index % 2 === 0));
  for (const each of items) queue.add(each);
  const order = ids(queue.take(1_000, 100));
  queue.add(item(100, true));
  queue.putBack(items.filter(({ id }) => order.includes(id)));
  expect(ids(queue.take(1_000, 100)).slice(0, 3)).toEqual(ids(items.filter(({ kept }) => kept)));
});

test("whatever comes and goes, every span is taken or counted, and the bounds hold", () => {
  const step = fc.record({
    size: fc.integer({ min: 1, max: 600 }),
    kept: fc.boolean(),
    take: fc.integer({ min: 0, max: 700 }),
    back: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const { queue, dropped } = makeQueue(2_000, 500);
      let taken = 0;
      for (const { size, kept, take, back } of steps) {
        queue.add(item(size, kept));
        const items = take === 0 ? [] : queue.take(take, 5);
        expect(items.length).toBeLessThanOrEqual(5);
        if (items.length > 1)
          expect(items.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBeLessThanOrEqual(take);
        if (back) queue.putBack(items);
        else taken += items.length;
        expect(queue.bytes).toBeLessThanOrEqual(2_000);
      }
      const lost = dropped.reduce((sum, [, spans]) => sum + spans, 0);
      expect(taken + lost + queue.spans).toBe(steps.length);
      expect(queue.drain()).toHaveLength(steps.length - taken - lost);
      expect([queue.bytes, queue.spans]).toEqual([0, 0]);
    }),
  );
});

test("what is put back is taken first, in its order, however long the queue", () => {
  const { queue } = makeQueue(1e9, 1e9);
  for (let count = 0; count < 300_000; count++) queue.add(item(8, true));
  const taken = queue.take(8 * 30_000, Number.POSITIVE_INFINITY);
  queue.putBack(taken);
  expect(ids(queue.take(8 * 30_000, Number.POSITIVE_INFINITY))).toEqual(ids(taken));
});
