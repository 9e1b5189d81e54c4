import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { collectLog } from "../test/harness/probe.ts";
import { createLimitedLog, createRateLimiter } from "./logger.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date", "performance"] }));
afterEach(() => void vi.useRealTimers());

test("each kind of message goes through once in a period, with the number of those that were held back", () => {
  let now = 0;
  const mayLog = createRateLimiter(1_000, () => now);
  expect([mayLog("a"), mayLog("b"), mayLog("a"), mayLog("a")]).toEqual([0, 0, undefined, undefined]);
  now = 1_000;
  expect([mayLog("a"), mayLog("b"), mayLog("a")]).toEqual([2, 0, undefined]);
});

test("a wall clock that is set back holds no message for longer", () => {
  const { lines, logger } = collectLog();
  const log = createLimitedLog(logger);
  expect(log("warn", "down", {}, "first")).toBe(true);
  vi.setSystemTime(Date.now() - 3_600_000);
  expect(log("warn", "down", {}, "at once")).toBe(false);
  vi.advanceTimersByTime(60_000);
  expect(log("warn", "down", {}, "a minute later")).toBe(true);
  expect(lines.map(({ message, fields }) => [message, fields])).toEqual([
    ["first", {}],
    ["a minute later", { repeated: 1 }],
  ]);
});
