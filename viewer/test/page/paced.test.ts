import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { paced } from "../../src/page/state/paced.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A task of which each run takes as long as is said. */
function taskOf(runMs: number) {
  const gone = new AbortController();
  const runs = { begun: 0, ended: 0 };
  const ask = paced(
    async () => {
      runs.begun++;
      await new Promise((over) => setTimeout(over, runMs));
      runs.ended++;
    },
    400,
    gone.signal,
  );
  return { ask, runs, gone };
}

it("a task that is asked for all the time runs from end to end, again and again, with pauses", async () => {
  const { ask, runs } = taskOf(600);
  for (let ms = 0; ms < 4_900; ms += 100) {
    ask();
    await vi.advanceTimersByTimeAsync(100);
    expect(runs.begun - runs.ended).toBeLessThanOrEqual(1);
  }
  expect(runs).toEqual({ begun: 5, ended: 5 });
});

it("it runs at once, and once more for all that was asked meanwhile", async () => {
  const { ask, runs } = taskOf(10);
  ask();
  expect(runs.begun).toBe(1);
  ask();
  ask();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(runs.begun).toBe(2);
  ask();
  expect(runs.begun).toBe(3);
});

it("it does not run again for who is gone", async () => {
  const { ask, runs, gone } = taskOf(10);
  ask();
  ask();
  gone.abort();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(runs.begun).toBe(1);
});
