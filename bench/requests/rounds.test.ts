import { expect, test } from "vitest";
import { groupsOf } from "./cases.ts";
import { FIGURES } from "./figures.ts";
import { runRounds, type Step } from "./rounds.ts";

const VARIANTS = ["untraced", "untraced-again", "interceptors"];

test("in each round the variants of a load live side by side and are measured in turns, none always first", async () => {
  const groups = groupsOf({ shapes: ["leaf"], failing: [0], variants: VARIANTS });
  const steps: Step[] = [];
  const length = { rounds: 2, turns: 2, seconds: 0.1, warmupSeconds: 0.1 };
  const results = await runRounds({ ...length, groups, sources: true, profile: undefined }, (next) =>
    steps.push(next),
  );
  const orders = new Map<string, string[]>();
  for (const { round, turn, variant } of steps) {
    const place = `round ${round}, turn ${turn}`;
    orders.set(place, [...(orders.get(place) ?? []), variant.name]);
  }
  expect([...orders.keys()]).toEqual(
    [1, 2].flatMap((round) => [0, 1, 2].map((turn) => `round ${round}, turn ${turn}`)),
  );
  for (const order of orders.values()) expect(order.toSorted()).toEqual(VARIANTS.toSorted());
  const firsts = [1, 2].flatMap((round) =>
    [1, 2].map((turn) => orders.get(`round ${round}, turn ${turn}`)?.[0]),
  );
  expect(new Set(firsts)).toEqual(new Set(VARIANTS));

  // One result a variant and round, whatever the number of turns.
  const measured = results.map(({ round, variant }) => `${round} ${variant}`).toSorted();
  expect(measured).toEqual([1, 2].flatMap((round) => VARIANTS.map((name) => `${round} ${name}`)).toSorted());
  for (const { figures } of results)
    for (const { name } of FIGURES) expect(figures[name], name).toBeGreaterThanOrEqual(0);
}, 60_000);
