import { expect, test } from "vitest";
import { FIGURES, type FigureName, type Figures, meanOf } from "./figures.ts";

const all = (value: number) =>
  Object.fromEntries(FIGURES.map(({ name }) => [name, value])) as Record<
    FigureName,
    number
  > satisfies Figures;

test("each figure of a round is the mean over its turns", () => {
  const turns = [
    { ...all(1), cpuPerRequest: 90 },
    { ...all(2), cpuPerRequest: 100 },
    { ...all(6), cpuPerRequest: 140 },
  ];
  expect(meanOf(turns)).toEqual({ ...all(3), cpuPerRequest: 110 });
  expect(meanOf(turns.slice(0, 1))).toEqual(turns[0]);
  expect(() => meanOf([])).toThrow(RangeError);
});
