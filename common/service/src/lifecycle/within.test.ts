import { expect, test } from "vitest";
import { within } from "./within.ts";

test("a task that ends in time has ended", async () => {
  expect(await within(60_000, async () => "done")).toBe(true);
});

test("a task that never ends is given up", async () => {
  expect(await within(1, () => new Promise(() => {}))).toBe(false);
});

test("the error of a task is thrown", async () => {
  await expect(within(60_000, () => Promise.reject(new Error("burnt")))).rejects.toThrow("burnt");
});
