import { expect, test } from "vitest";
import { createSanitizer } from "./index.ts";
import { compileValueRules } from "./value-rules.ts";

/** Texts that make careless patterns go back and forth. */
const HOSTILE: readonly [string, (length: number) => string][] = [
  ["no @ in it", (length) => "a".repeat(length)],
  ["an @ at the end only", (length) => `${"a.".repeat(length / 2)}@`],
  ["nothing but @", (length) => "@".repeat(length)],
  ["like one long JWT", (length) => `eyJ${"a".repeat(length)}`],
  ["like many JWTs", (length) => "eyJabcdefghij.".repeat(length / 14)],
  ["digits", (length) => "4".repeat(length)],
  ["digits with spaces", (length) => "4 ".repeat(length / 2)],
  ["digits with dashes, then a letter", (length) => `${"4 ".repeat(11)}${"4-".repeat(length / 2)}x`],
  ["like IBANs", (length) => "GB82 WEST ".repeat(length / 10)],
  ["plus signs and digits", (length) => "+1 ".repeat(length / 3)],
  ["like URLs", (length) => "a://".repeat(length / 4)],
  ["like assignments", (length) => "password=".repeat(length / 9)],
  ["private keys that do not end", (length) => "-----BEGIN PRIVATE KEY-----".repeat(length / 27)],
  ["bearer and spaces", (length) => `bearer${" ".repeat(length)}`],
  ["like secrets in URLs", (length) => "a://b:c".repeat(length / 7)],
  ["a URL's password that does not end", (length) => `a://b:${"c".repeat(length)}`],
  ["an assignment in quotes that do not end", (length) => `password="${"a".repeat(length)}`],
  ["assignments in quotes", (length) => 'token:"a\\'.repeat(length / 9)],
  ["headers with quotes that do not end", (length) => 'cookie:a="\\'.repeat(length / 11)],
  ["lists of cookies", (length) => `cookie:${'["a",'.repeat(length / 5)}`],
  ["percent-encoded", (length) => "%2B".repeat(length / 3)],
  ["percent-encoded at signs", (length) => "a%40".repeat(length / 4)],
  ["home directories", (length) => "/home/".repeat(length / 6)],
];

test.each(HOSTILE)("PII-05: a text %s costs no more than its length", (_case, make) => {
  const mask = compileValueRules([]);
  const timeOf = (text: string): number => {
    const start = performance.now();
    mask(text);
    return performance.now() - start;
  };
  const [short, long] = [make(50_000), make(500_000)];
  timeOf(short);
  const best = (text: string): number => Math.min(...Array.from({ length: 7 }, () => timeOf(text)));
  // Ten times the text: ten times the time, and not the hundred times of a quadratic pattern.
  expect(best(long)).toBeLessThan(Math.max(best(short), 1) * 50);
});

test("PII-05: a text is cut before patterns look at it", () => {
  const wholeText = /^x{5000}/;
  const { text } = createSanitizer({ keys: [], patterns: [wholeText], valueLength: 1_024 });
  expect(text("x".repeat(1_000_000))).toBe("x".repeat(1_024));
});

test("PII-05: a secret across the cut does not come out in part", () => {
  const { text } = createSanitizer({ keys: [], patterns: [], valueLength: 1_024 });
  for (let before = 1_000; before < 1_024; before++) {
    const cut = text(`${" ".repeat(before)}jane.doe@mail.example ${"z".repeat(1_000_000)}`);
    expect(cut).not.toContain("jane");
    expect(cut.length).toBeLessThanOrEqual(1_024);
  }
});

test("PII-05: objects, also deep and cyclic ones, are left out without being walked", () => {
  const { attribute } = createSanitizer({ keys: [], patterns: [], valueLength: 1_024 });
  const cyclic: Record<string, unknown> = {};
  cyclic.self = cyclic;
  expect(attribute("object", cyclic)).toBeUndefined();
  const list: unknown[] = [];
  list.push(list);
  expect(attribute("list", list)).toEqual([]);
});

test("PII-05: of a long array only the beginning is kept", () => {
  const { attribute } = createSanitizer({ keys: [], patterns: [], valueLength: 1_024 });
  expect(attribute("list", new Array<string>(1_000_000).fill("a"))).toHaveLength(128);
});
