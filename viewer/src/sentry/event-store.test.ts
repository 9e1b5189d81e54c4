import { expect, it } from "vitest";
import { parseErrorEvent } from "./event.ts";
import { EventStore } from "./event-store.ts";

it("error events are bounded by what they take in memory, which is more than their text", () => {
  const store = new EventStore(2 ** 20);
  const payload = Buffer.from(
    JSON.stringify({ message: "m", extra: Array.from({ length: 5_000 }, () => ({})) }),
  );
  for (let count = 0; count < 50; count++) store.add(parseErrorEvent(payload));
  expect(store.all().length).toBeGreaterThan(0);
  expect(store.all().length).toBeLessThan(5);
});
