import { setImmediate as nextTurn } from "node:timers/promises";

const TURN_MS = 10;

/** Goes through items, and lets others have their turn after every ten milliseconds; stops when the signal fires. */
export async function inTurns<T>(
  items: Iterable<T>,
  visit: (item: T) => void,
  signal?: AbortSignal,
): Promise<void> {
  let begun = performance.now();
  for (const item of items) {
    if (signal?.aborted) return;
    visit(item);
    if (performance.now() - begun < TURN_MS) continue;
    await nextTurn();
    begun = performance.now();
  }
}
