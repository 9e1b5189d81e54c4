import { expect, test } from "vitest";
import type { EncodedSpan } from "../otlp/index.ts";
import { Departures } from "./departures.ts";

const PAYLOAD = Uint8Array.of(1, 2, 3);
const SAMPLED = { probability: 1, reason: "" };
const KEPT = { probability: 1, reason: "error" };

function collect(isThere = true) {
  const sent: EncodedSpan[] = [];
  const departures = new Departures((span) => {
    sent.push(span);
    return isThere;
  });
  return { sent, departures };
}

test("a span leaves under the scope that it was recorded with", () => {
  const { sent, departures } = collect();
  const scopes = ["a", "b", "c"].map((name) => ({ name, version: "1" }));
  const numbers = scopes.map((scope) => departures.numberOf(scope));
  expect(scopes.map((scope) => departures.numberOf(scope))).toEqual(numbers);
  for (const scope of numbers.toReversed()) departures.send(PAYLOAD, { scope, flags: 0 }, SAMPLED);
  expect(sent.map(({ scope }) => scope)).toEqual(scopes.toReversed());
});

test("scopes without end take no memory without end: those beyond the bound are unknown", () => {
  const { sent, departures } = collect();
  const first = { name: "first", version: "1" };
  const number = departures.numberOf(first);
  const numbers = Array.from({ length: 10_000 }, (_, i) =>
    departures.numberOf({ name: `${i}`, version: "" }),
  );
  expect(new Set(numbers).size).toBeLessThan(5_000);
  expect(departures.numberOf(first)).toBe(number);
  departures.send(PAYLOAD, { scope: numbers.at(-1) ?? -1, flags: 0 }, SAMPLED);
  expect(sent[0]?.scope).toEqual({ name: "", version: "" });
});

test("what has left is counted; where there is nowhere to go, nothing has", () => {
  const [open, shut] = [collect(), collect(false)];
  for (const { departures } of [open, shut])
    for (const departure of [SAMPLED, KEPT, KEPT])
      departures.send(
        PAYLOAD,
        { scope: departures.numberOf({ name: "a", version: "1" }), flags: 0 },
        departure,
      );
  expect(open.sent.map(({ kept }) => kept)).toEqual([false, true, true]);
  expect([open.departures.exported, open.departures.kept]).toEqual([3, 2]);
  expect([shut.departures.exported, shut.departures.kept]).toEqual([0, 0]);
});
