import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { DelayQueue } from "./delay-queue.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function createQueue(most = 1_000) {
  const handed: { item: number; after: number }[] = [];
  const start = performance.now();
  const queue = new DelayQueue<number>(1_000, most, (item) => {
    handed.push({ item, after: performance.now() - start });
  });
  return { queue, handed };
}

test("each item is handed on when its time has passed, in the order in which they came", () => {
  const { queue, handed } = createQueue();
  for (let item = 0; item < 50; item++) {
    queue.push(item);
    vi.advanceTimersByTime(70);
  }
  vi.advanceTimersByTime(1_000);
  expect(handed.map(({ item }) => item)).toEqual(Array.from({ length: 50 }, (_, item) => item));
  for (const { item, after } of handed) {
    expect(after - item * 70).toBeGreaterThanOrEqual(1_000);
    expect(after - item * 70).toBeLessThanOrEqual(1_001);
  }
  expect(vi.getTimerCount()).toBe(0);
});

test("it works again after it has been empty", () => {
  const { queue, handed } = createQueue();
  queue.push(1);
  vi.advanceTimersByTime(5_000);
  queue.push(2);
  vi.advanceTimersByTime(999);
  expect(handed).toEqual([{ item: 1, after: 1_000 }]);
  vi.advanceTimersByTime(1);
  expect(handed.at(-1)).toEqual({ item: 2, after: 6_000 });
});

test("so many wait at most; the oldest are handed on early", () => {
  const { queue, handed } = createQueue(80);
  for (let item = 0; item < 10_000; item++) {
    queue.push(item);
    expect(item + 1 - handed.length).toBeLessThanOrEqual(80);
  }
  expect(handed.length).toBeLessThanOrEqual(10_000 - 70);
  vi.advanceTimersByTime(1_000);
  expect(handed.map(({ item }) => item)).toEqual(Array.from({ length: 10_000 }, (_, item) => item));
});

test("a flush hands everything on at once, and each item once only", () => {
  const { queue, handed } = createQueue();
  for (const item of [1, 2, 3]) queue.push(item);
  queue.flush();
  queue.push(4);
  expect(handed.map(({ item }) => item)).toEqual([1, 2, 3]);
  vi.advanceTimersByTime(1_000);
  expect(handed.map(({ item }) => item)).toEqual([1, 2, 3, 4]);
});

test("once closed it holds nothing back, and leaves no timer", () => {
  const { queue, handed } = createQueue();
  queue.push(1);
  queue.close();
  expect(vi.getTimerCount()).toBe(0);
  queue.push(2);
  expect(handed.map(({ item }) => item)).toEqual([1, 2]);
  expect(vi.getTimerCount()).toBe(0);
  queue.close();
});

test("what waits keeps no process alive", () => {
  vi.useRealTimers();
  const before = process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
  const { queue } = createQueue();
  queue.push(1);
  expect(process.getActiveResourcesInfo().filter((kind) => kind === "Timeout")).toHaveLength(before);
  queue.close();
});
