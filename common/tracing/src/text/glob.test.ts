import fc from "fast-check";
import { expect, test } from "vitest";
import { compileGlob } from "./glob.ts";

test.each([
  ["ledger.v1.LedgerService/Get*", "ledger.v1.LedgerService/GetAccount", true],
  ["ledger.v1.LedgerService/Get*", "ledger.v1.LedgerService/CreateAccount", false],
  ["*HealthService/*", "acme.v1.HealthService/Check", true],
  ["*.internal", "ledger.internal", true],
  ["*.internal", "internal", false],
  ["*", "", true],
  ["", "", true],
  ["", "a", false],
  ["a", "A", false],
  ["a.c", "abc", false],
  ["[a-z]+", "b", false],
  ["ab*ba", "aba", false],
  ["ab*ba", "abba", true],
  ["*a*a*", "a", false],
  ["**", "anything", true],
])("%j and %j: %j", (glob, text, matches) => {
  expect(compileGlob(glob)(text)).toBe(matches);
});

test("it finds the same as the regular expression of the same meaning", () => {
  const pattern = fc.stringMatching(/^[ab*]{0,8}$/);
  const text = fc.stringMatching(/^[ab]{0,12}$/);
  fc.assert(
    fc.property(pattern, text, (glob, candidate) => {
      const same = new RegExp(`^${glob.replaceAll("*", ".*")}$`).test(candidate);
      expect(compileGlob(glob)(candidate)).toBe(same);
    }),
    { numRuns: 2_000 },
  );
});

test("a pattern that would hang a regular expression is answered", () => {
  expect(compileGlob(`${"a*".repeat(50)}b`)("a".repeat(100_000))).toBe(false);
});
