import fc from "fast-check";
import { expect, test } from "vitest";
import { KeepLimit } from "./keep-limit.ts";

const LIMIT = 100;

/** Draws that are the same in each run. */
function createDraws(seed = 1): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

interface Ask {
  readonly at: number;
  readonly draw: number;
}

/** Failures at a mean rate per second, at random times, as independent failures come. */
function storm(perSecond: number, seconds: number, seed = 1): Ask[] {
  const draws = createDraws(seed);
  const asks: Ask[] = [];
  for (let at = 0; at < seconds * 1_000; ) {
    at += (-Math.log(1 - draws()) * 1_000) / perSecond;
    asks.push({ at, draw: draws() });
  }
  return asks;
}

interface Admitted extends Ask {
  readonly probability: number;
}

/** @param offset of this instance's clock. */
function run(asks: readonly Ask[], offset = 0): Admitted[] {
  let now = 0;
  const limit = new KeepLimit(LIMIT, () => now + offset);
  return asks.flatMap((ask) => {
    now = ask.at;
    const probability = limit.admit(ask.draw);
    return probability === undefined ? [] : [{ ...ask, probability }];
  });
}

function mostWithinOneSecond(times: readonly number[]): number {
  let first = 0;
  let most = 0;
  for (const [index, time] of times.entries()) {
    while (time - (times[first] as number) >= 1_000) first++;
    most = Math.max(most, index - first + 1);
  }
  return most;
}

const bursts = fc.array(
  fc.tuple(fc.integer({ min: 0, max: 1_500 }), fc.integer({ min: 1, max: 250 }), fc.nat()),
  { minLength: 1, maxLength: 20 },
);

test("never more than the limit within any second, however failures come", () => {
  fc.assert(
    fc.property(bursts, (groups) => {
      let at = 0;
      const asks = groups.flatMap(([pause, count, seed]) => {
        at += pause;
        const draws = createDraws(seed);
        return Array.from({ length: count }, (_, index) => ({ at: at + index / 10, draw: draws() }));
      });
      asks.sort((one, other) => one.at - other.at);
      expect(mostWithinOneSecond(run(asks).map((each) => each.at))).toBeLessThanOrEqual(LIMIT);
    }),
  );
});

test("nothing is refused, and each stands for itself, while no more than the limit ask within a second", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.tuple(
          fc.integer({ min: 0, max: 300 }),
          fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        ),
        { minLength: 1, maxLength: 400 },
      ),
      fc.integer({ min: 0, max: 10_000 }),
      (pairs, offset) => {
        let at = 0;
        const times: number[] = [];
        const asks = pairs.flatMap(([pause, draw]) => {
          at += pause;
          // As many as there is still room for within the second.
          if (times.filter((time) => at - time < 1_000).length >= LIMIT) return [];
          times.push(at);
          return [{ at, draw }];
        });
        expect(run(asks, offset)).toEqual(asks.map((ask) => ({ ...ask, probability: 1 })));
      },
    ),
    { numRuns: 200 },
  );
});

test.each([150, 400, 2_000, 20_000])(
  "a storm of %d failures a second leaves hardly any room unused",
  (rate) => {
    const seconds = 20;
    for (const seed of [1, 2, 3]) {
      const admitted = run(storm(rate, seconds, seed));
      expect(admitted.length).toBeGreaterThanOrEqual(LIMIT * seconds * 0.9);
      expect(mostWithinOneSecond(admitted.map(({ at }) => at))).toBeLessThanOrEqual(LIMIT);
    }
  },
);

function sharedBy(one: ReadonlySet<number> | undefined, other: ReadonlySet<number> | undefined): number {
  return [...(one ?? [])].filter((draw) => other?.has(draw)).length;
}

test("two instances that see the same storm choose nearly the same traces, whatever their clocks say", () => {
  const asks = storm(2_000, 20);
  const [one, other] = [run(asks), run(asks, 12_345)].map((each) => new Set(each.map(({ draw }) => draw)));
  const common = sharedBy(one, other);
  expect(common).toBeGreaterThan(0.9 * Math.max(one?.size ?? 0, other?.size ?? 0));
});

test("an instance that sees each trace a little later chooses nearly the same ones", () => {
  const asks = storm(2_000, 20);
  const draws = createDraws(9);
  const delayed = asks.map((ask) => ({ ...ask, at: ask.at + draws() * 20 }));
  delayed.sort((one, other) => one.at - other.at);
  const [one, other] = [run(asks), run(delayed, 777)].map((each) => new Set(each.map(({ draw }) => draw)));
  const common = sharedBy(one, other);
  expect(common).toBeGreaterThan(0.8 * Math.max(one?.size ?? 0, other?.size ?? 0));
});

function weightedCount(admitted: readonly Admitted[]): number {
  return admitted.reduce((sum, { probability }) => sum + 1 / probability, 0);
}

test.each([110, 200, 2_000, 20_000])("counts made of what is kept of %d a second are true", (rate) => {
  const asks = storm(rate, 120);
  const share = weightedCount(run(asks)) / asks.length;
  expect(share).toBeGreaterThan(0.95);
  expect(share).toBeLessThan(1.05);
});

test("counts are true also where something else takes half of the room", () => {
  const asks = storm(2_000, 120);
  let now = 0;
  const limit = new KeepLimit(LIMIT, () => now);
  let estimated = 0;
  for (const [index, { at, draw }] of asks.entries()) {
    now = at;
    if (index % 40 === 0) limit.tryTake();
    const probability = limit.admit(draw);
    if (probability !== undefined) estimated += 1 / probability;
  }
  expect(estimated / asks.length).toBeGreaterThan(0.95);
  expect(estimated / asks.length).toBeLessThan(1.05);
});

test("after a storm everything is kept again within a second", () => {
  const asks = storm(2_000, 3);
  const later = Array.from({ length: 50 }, (_, index) => ({ at: 4_100 + index * 15, draw: 0.999 }));
  expect(run([...asks, ...later]).filter(({ at }) => at > 4_000)).toEqual(
    later.map((ask) => ({ ...ask, probability: 1 })),
  );
});

test("what belongs to a kept trace takes from the same room", () => {
  const limit = new KeepLimit(3, () => 0);
  expect([limit.tryTake(), limit.tryTake()]).toEqual([true, true]);
  expect(limit.admit(0)).toBe(1);
  expect(limit.tryTake()).toBe(false);
  expect(limit.admit(0)).toBeUndefined();
});
