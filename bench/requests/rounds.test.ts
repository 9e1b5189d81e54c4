import { expect, test } from "vitest";
import { EVERYTHING, groupsOf } from "./cases.ts";
import { schedule } from "./rounds.ts";

const groups = groupsOf({ ...EVERYTHING, variants: ["tracekeep-1", "tracekeep-100"] });

test("each round measures every variant once, side by side with those under the same load", () => {
  const steps = schedule({ rounds: 3, groups });
  const places = steps.map(
    ({ round, shape, failing, variant }) => `${round} ${shape} ${failing} ${variant.name}`,
  );
  expect(new Set(places).size).toBe(places.length);
  const loads = steps.map(({ round, shape, failing }) => `${round} ${shape} ${failing}`);
  const changes = loads.filter((load, at) => load !== loads[at - 1]);
  expect(changes).toEqual([...new Set(loads)]);
});

test("over the rounds every variant is the first to be measured as often as the others", () => {
  const [leaf] = groups;
  const rounds = leaf?.variants.length ?? 0;
  const steps = schedule({ rounds, groups: groups.slice(0, 1) });
  const first = steps.filter(({ round }, at) => round !== steps[at - 1]?.round);
  expect(first.map(({ variant }) => variant.name).sort()).toEqual(
    leaf?.variants.map(({ name }) => name).sort(),
  );
});
