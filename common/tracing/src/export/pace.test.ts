import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Pace } from "./pace.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => void vi.useRealTimers());

test("pauses grow while a destination is down, and end with its first answer", () => {
  const pace = new Pace();
  const pauses = [1, 2, 3].map(() => {
    pace.settle({ kind: "retry", reason: "down" });
    return pace.pauseMs;
  });
  expect(pauses).toEqual([500, 1_000, 2_000]);
  expect(pace.isDown).toBe(true);
  pace.settle({ kind: "accepted" });
  expect([pace.pauseMs, pace.isDown, pace.isLimited]).toEqual([0, false, false]);
});

test("a pause that the server asks for is kept, also with an answer that is good otherwise", () => {
  const pace = new Pace();
  pace.settle({ kind: "accepted", waitMs: 3_000 });
  expect([pace.pauseMs, pace.heldMs, pace.isDown, pace.isLimited]).toEqual([3_000, 3_000, false, true]);
  vi.advanceTimersByTime(2_999);
  expect(pace.isLimited).toBe(true);
  vi.advanceTimersByTime(1);
  expect([pace.pauseMs, pace.isLimited]).toEqual([0, false]);
});

test("a pause without a limit holds everything and drops nothing", () => {
  const pace = new Pace();
  pace.settle({ kind: "retry", reason: "status 503", waitMs: 4_000 });
  expect([pace.pauseMs, pace.isLimited]).toEqual([4_000, false]);
});

test("what the spool learns of the destination counts, too", () => {
  const pace = new Pace();
  expect(pace.heed({ kind: "retry", reason: "status 429", waitMs: 2_000, limited: true })).toBe(true);
  expect([pace.heldMs, pace.isLimited, pace.isDown]).toEqual([2_000, true, false]);
});
