import fc from "fast-check";
import { expect, test } from "vitest";
import { SlidingWindow } from "./sliding-window.ts";

const pauses = fc.array(
  fc.oneof(
    fc.integer({ min: 0, max: 3 }),
    fc.constantFrom(250, 500, 1_000),
    fc.double({ min: 0, max: 400, noNaN: true }),
  ),
  { minLength: 1, maxLength: 300 },
);

test("within any second there are as many takes as allowed, and no more; none is refused without need", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), pauses, (most, waits) => {
      let now = 0;
      const window = new SlidingWindow(most, () => now);
      const takes: number[] = [];
      for (const wait of waits) {
        now += wait;
        const recent = takes.filter((time) => now - time < 1_000).length;
        expect(window.tryTake()).toBe(recent < most);
        if (recent < most) takes.push(now);
      }
    }),
    { numRuns: 300 },
  );
});
