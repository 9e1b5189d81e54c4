import { expect, test } from "vitest";
import { measureProfile } from "./measure-profile.ts";

test("a profile of each shape has shares of the library's folders, of grpc-js and of Node, that sum up to all", async () => {
  const choice = { shapes: ["leaf", "chain"], failing: [0], variants: [] } as const;
  const { profiles } = await measureProfile({ choice }, () => {}, { seconds: 1.5, warmupSeconds: 0.5 });
  expect(profiles.map(({ shape }) => shape)).toEqual(["leaf", "chain"]);
  for (const { shares } of profiles) {
    const areas = shares.map(({ area }) => area);
    for (const area of ["grpc-js", "Node", "garbage collection", "Tracekeep: grpc", "Tracekeep: recorder"])
      expect(areas).toContain(area);
    expect(shares.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 6);
  }
});
