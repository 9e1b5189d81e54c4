import { expect, test } from "vitest";
import { type OpenCall, OpenCalls } from "./open-calls.ts";

const decision = { kept: true, probability: 1, reason: "error", bytes: 0, dropped: 0, reported: false };

function makeCall(traceId: string): OpenCall & { readonly told: unknown[] } {
  const told: unknown[] = [];
  return { traceId, told, older: undefined, newer: undefined, kept: (made) => told.push(made) };
}

test("the calls of a kept trace are told while they are under way, and no others", () => {
  const calls = new OpenCalls();
  const [mine, ended, other] = [makeCall("a"), makeCall("a"), makeCall("b")];
  for (const call of [mine, ended, other]) calls.add(call);
  calls.delete(ended);
  calls.kept("a", decision);
  expect([mine.told, ended.told, other.told]).toEqual([[decision], [], []]);
});

test("calls that never end pin no memory: the oldest are forgotten", () => {
  const calls = new OpenCalls();
  const all = Array.from({ length: 5_000 }, () => makeCall("a"));
  for (const call of all) calls.add(call);
  calls.kept("a", decision);
  const told = all.map((call) => call.told.length);
  expect(told.slice(0, 3_000).every((count) => count === 0)).toBe(true);
  expect(told.slice(3_000).every((count) => count === 1)).toBe(true);
});
