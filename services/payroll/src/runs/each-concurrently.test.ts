import { expect, test } from "vitest";
import { eachConcurrently } from "./each-concurrently.ts";

test("runs every task, at most so many at a time, in order", async () => {
  const started: number[] = [];
  let running = 0;
  let most = 0;
  await eachConcurrently([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
    started.push(item);
    most = Math.max(most, ++running);
    for (let turn = 0; turn < item; turn++) await Promise.resolve();
    running--;
  });
  expect(started).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(most).toBe(3);
});

test("after a failure none begins, and those under way are waited for", async () => {
  const started: number[] = [];
  const ended: number[] = [];
  const slow = Promise.withResolvers<void>();
  const work = eachConcurrently([1, 2, 3, 4], 2, async (item) => {
    started.push(item);
    if (item === 2) {
      slow.resolve();
      throw new Error("no money");
    }
    await slow.promise;
    await Promise.resolve();
    ended.push(item);
  });
  await expect(work).rejects.toThrow("no money");
  expect(started).toEqual([1, 2]);
  expect(ended).toEqual([1]);
});

test("nothing to do is done", async () => {
  await eachConcurrently([], 4, () => Promise.reject(new Error("never")));
});
