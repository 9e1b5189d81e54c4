import { expect, test } from "vitest";
import type { TraceDecision } from "../spans/index.ts";
import { Decisions } from "./decisions.ts";

const decision = (kept: boolean): TraceDecision => ({
  kept,
  probability: 1,
  reason: "error",
  bytes: 0,
  dropped: 0,
  reported: false,
});

/** Which of traces 0 to `count` are remembered. */
function remembered(decisions: Decisions, count: number, prefix = ""): number[] {
  return Array.from({ length: count }, (_, number) => number).filter(
    (number) => decisions.get(`${prefix}${number}`) !== undefined,
  );
}

test("the latest decisions are remembered, and only so many", () => {
  const decisions = new Decisions(100);
  for (let number = 0; number < 1_050; number++) decisions.set(`${number}`, decision(true));
  const known = remembered(decisions, 1_050);
  expect(known.length).toBeGreaterThanOrEqual(100);
  expect(known.length).toBeLessThanOrEqual(200);
  expect(known.slice(-100)).toEqual(Array.from({ length: 100 }, (_, index) => 950 + index));
});

test("a storm of refusals pushes out no trace that is kept", () => {
  const decisions = new Decisions(100);
  for (let number = 0; number < 50; number++) decisions.set(`kept-${number}`, decision(true));
  for (let number = 0; number < 10_000; number++) decisions.set(`${number}`, decision(false));
  expect(remembered(decisions, 50, "kept-")).toHaveLength(50);
  expect(decisions.get("kept-3")?.kept).toBe(true);
});

test("a trace that was refused and then kept counts as kept", () => {
  const decisions = new Decisions(100);
  const made = decision(false);
  decisions.set("a", made);
  decisions.set("a", Object.assign(made, { kept: true }));
  expect(decisions.get("a")).toMatchObject({ kept: true });
  for (let number = 0; number < 10_000; number++) decisions.set(`${number}`, decision(false));
  expect(decisions.get("a")).toBe(made);
});
