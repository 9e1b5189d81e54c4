import { expect, test } from "vitest";
import { SpanQueue } from "./span-queue.ts";

const scope = { name: "tests", version: "1" };
const span = (bytes: number) => ({ scope, bytes: new Uint8Array(bytes), kept: false });

test("the queue never holds more bytes than its limit, and takes spans again once there is room", () => {
  const queue = new SpanQueue(1_000, 500);
  const refusals = Array.from({ length: 30 }, () => queue.add(span(100)));
  expect(refusals).toEqual([...Array(10).fill(undefined), ...Array(20).fill("queue_full")]);
  expect([queue.length, queue.bytes]).toEqual([10, 1_000]);
  expect(queue.take(250)).toHaveLength(2);
  expect(queue.add(span(201))).toBe("queue_full");
  expect(queue.add(span(200))).toBeUndefined();
  expect(queue.bytes).toBe(1_000);
});
