import { setTimeout as delay } from "node:timers/promises";
import { expect, onTestFinished, test, vi } from "vitest";
import { EventLoopDelay } from "./event-loop-delay.ts";

function watch(windowMs?: number): EventLoopDelay {
  const watched = new EventLoopDelay(windowMs);
  onTestFinished(() => watched.close());
  return watched;
}

async function block(ms: number): Promise<void> {
  // Delays are counted from the first look on.
  await delay(100);
  const end = performance.now() + ms;
  while (performance.now() < end);
  await delay(100);
}

test("every reader sees that the event loop was blocked, however many there are", async () => {
  const watched = watch();
  await block(300);
  for (const reader of ["a probe", "Prometheus", "another Prometheus"]) {
    expect(watched.read()?.max, reader).toBeGreaterThan(0.25);
    await delay(10);
  }
});

test("a delay is to be seen for one window at least, and not for ever", async () => {
  const watched = watch(1_000);
  await block(300);
  const began = performance.now();
  let seenForMs = 0;
  await vi.waitFor(
    () => {
      const isSeen = (watched.read()?.max ?? 0) > 0.25;
      if (isSeen) seenForMs = performance.now() - began;
      expect(isSeen).toBe(false);
    },
    { timeout: 20_000, interval: 20 },
  );
  expect(seenForMs).toBeGreaterThan(300);
});
