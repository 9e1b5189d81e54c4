import { expect, test } from "vitest";
import { type CpuProfile, sharesOf } from "./areas.ts";

const node = (id: number, functionName: string, url: string, children: number[] = []) => ({
  id,
  callFrame: { functionName, url },
  children,
});

const OURS = "file:///x/common/tracing/src";
const PROFILE: CpuProfile = {
  nodes: [
    node(1, "(root)", "", [2, 3, 4, 5]),
    node(2, "(idle)", ""),
    node(3, "(garbage collector)", ""),
    node(4, "processTicks", "node:internal/process", [6]),
    node(5, "write", ""),
    node(6, "onData", "file:///x/node_modules/@grpc/grpc-js/build/src/server.js", [7, 8]),
    node(7, "ended", `${OURS}/recorder/keeper.ts`, [9, 10]),
    node(8, "handler", "file:///x/bench/processes/service.ts"),
    node(9, "toString", "node:buffer", [11]),
    node(10, "start", `${OURS}/start-tracing.ts`),
    node(11, "hexSlice", ""),
  ],
  samples: [2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
  timeDeltas: [1_000, 40, 10, 10, 20, 5, 5, 5, 3, 2],
};

test("time counts for those who called a native function, and the time in which nothing ran for nobody", () => {
  expect(sharesOf(PROFILE)).toEqual([
    { area: "garbage collection", share: 0.4 },
    { area: "Node", share: 0.2 },
    { area: "grpc-js", share: 0.2 },
    { area: "Tracekeep: recorder", share: 0.12 },
    { area: "the service", share: 0.05 },
    { area: "Tracekeep: the rest", share: 0.03 },
  ]);
});
