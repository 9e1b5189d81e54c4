import { expect, test } from "vitest";
import { Apart, halvesOf } from "./apart.ts";
import type { Outgoing } from "./outgoing.ts";

const item = (bytes = 1): Outgoing => ({ bytes: new Uint8Array(bytes), kept: false, spans: 1 });

test("the queue and what goes apart take turns, the queue first", () => {
  const apart = new Apart<Outgoing>(100);
  const groups = [[item()], [item()]];
  expect(apart.add(groups)).toBe(true);
  expect([apart.take(), apart.take(), apart.take(), apart.take(), apart.take()]).toEqual([
    undefined,
    groups[0],
    undefined,
    groups[1],
    undefined,
  ]);
  expect(apart.owns(groups[0] as Outgoing[])).toBe(true);
  expect(apart.owns([item()])).toBe(false);
});

test("what goes apart is bounded", () => {
  const apart = new Apart<Outgoing>(10);
  expect(apart.add([[item(6)]])).toBe(true);
  expect(apart.add([[item(5)]])).toBe(false);
  expect(apart.add([[item(4)]])).toBe(true);
  expect(apart.items).toHaveLength(2);
});

test("single items are taken out of the first group; what is left can be drained", () => {
  const apart = new Apart<Outgoing>(100);
  const [a, b, c, d] = [item(), item(), item(), item()];
  apart.add([[a, b], [c], [d]]);
  expect([apart.takeOne(), apart.takeOne(), apart.takeOne()]).toEqual([a, b, c]);
  expect(apart.drain()).toEqual([d]);
  expect([apart.takeOne(), apart.items]).toEqual([undefined, []]);
});

test("halves", () => {
  expect([halvesOf([1, 2, 3]), halvesOf([1])]).toEqual([[[1, 2], [3]], [[1]]]);
});
