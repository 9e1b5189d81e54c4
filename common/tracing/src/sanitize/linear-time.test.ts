import fc from "fast-check";
import { expect, test } from "vitest";
import { createSanitizer } from "./index.ts";
import { createMask } from "./mask.ts";
import { compileValueRules } from "./value-rules.ts";

const KEY_BEGINNINGS: readonly string[] = [
  "AKIA", "AIza", "ya29.", "GOCSPX-", "ghp_", "github_pat_", "glpat-", "xoxb-", "xapp-1-", "sk_live_", "whsec_", "SG.",
  "SK0", "key-", "npm_", "pypi-AgE", "dckr_pat_", "sk-", "sk-proj-", "hf_", "sntrys_", "hvs.", "dop_v1_", "shpat_",
  "glsa_", "dapi0",
]; // biome-ignore format: a list of words

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
  ["objects behind secrets that do not end", (length) => "password:{".repeat(length / 10)],
  ["lists behind secrets that do not end", (length) => 'token:["'.repeat(length / 8)],
  ["quotes behind secrets that do not end", (length) => `token:[${"'\\".repeat(length / 2)}`],
  ["options of commands", (length) => "--token ".repeat(length / 8)],
  ["options of many words", (length) => "--a-b-c-".repeat(length / 8)],
  ["digits parted by encoded spaces", (length) => "4%20".repeat(length / 4)],
  ["digits parted by two spaces", (length) => "4  ".repeat(length / 3)],
  ["home directories of Windows", (length) => "\\Users\\".repeat(length / 7)],
  ["question marks", (length) => "a?".repeat(length / 2)],
  ["a URL and question marks", (length) => `a://${"b?".repeat(length / 2)}`],
  ["like queries without an end of their names", (length) => "a?b%20c".repeat(length / 7)],
  ["a query of closing brackets", (length) => `a?b=${")".repeat(length)}`],
  ["a query of closing square brackets", (length) => `a?b=${"]".repeat(length)}`],
  ["many parameters", (length) => `a?b=c${"&d=e".repeat(length / 4)}`],
  ["like cards in groups", (length) => "4111 1111 1111 1112 ".repeat(length / 20)],
  ["like cards with dots", (length) => "4111.1111.".repeat(length / 10)],
  ["groups of one digit and of many", (length) => `${"1 ".repeat(length / 4)}${"1".repeat(length / 2)}`],
  ["like IBANs in one", (length) => "DE89".repeat(length / 4)],
  ["like IBANs in small letters", (length) => "gb82-".repeat(length / 5)],
  ["like phone numbers", (length) => "+1 (2) 3-4.5/".repeat(length / 13)],
  ["phone words", (length) => "phone: 1 ".repeat(length / 9)],
  ["like social security numbers", (length) => "123-45-".repeat(length / 7)],
  ["words of social security", (length) => "ssn social security number ".repeat(length / 27)],
  ["apostrophes and an @", (length) => "a'".repeat(length / 2)],
  ["domains that do not end", (length) => `a@${"b.".repeat(length / 2)}1`],
  ["domains of numbers", (length) => "a@1.2.3.".repeat(length / 8)],
  ["bearer and credentials", (length) => "bearer authentication ".repeat(length / 22)],
  ["basic and small letters", (length) => "basic aaaaaaaaaaaa".repeat(length / 18)],
  ["like webhooks", (length) => "hooks.slack.com/services/".repeat(length / 25)],
  ["like bots", (length) => "123456789:AA".repeat(length / 12)],
  ["like signatures", (length) => "sig=%2B".repeat(length / 7)],
  ...KEY_BEGINNINGS.map((begin): [string, (length: number) => string] => [
    `of keys that begin with ${begin}`,
    (length) => `${begin}${"a1B-".repeat(3)}.`.repeat(length / (begin.length + 13)),
  ]),
];

const mask = compileValueRules([], createMask(undefined));

function timeOf(text: string): number {
  const start = performance.now();
  mask(text);
  return performance.now() - start;
}

/**
 * How many times as long the long text takes as the short one. Others use the machine, too: the least of several tries
 * counts, and a quadratic pattern exceeds the limit in all of them.
 */
function growth(short: string, long: string, limit: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let tries = 0; tries < 10 && least > limit; tries++)
    least = Math.min(least, timeOf(long) / Math.max(timeOf(short), 1));
  return least;
}

test.each(HOSTILE)("PII-05: a text %s costs no more than its length", (_case, make) => {
  // Ten times the text: ten times the time, and not the hundred times of a quadratic pattern.
  expect(growth(make(50_000), make(500_000), 50)).toBeLessThan(50);
});

test("PII-05: no repetition of what secrets are made of costs more than its length", () => {
  const parts = [
    ...[
      "4",
      "41",
      "+1",
      "DE89",
      "a",
      "A1",
      "eyJ",
      "sk-",
      "ghp_",
      "@",
      ".",
      "-",
      "_",
      " ",
      "/",
      "?",
      "=",
      ":",
      "&",
      "%40",
    ],
    ...[
      "token",
      "cookie",
      "bearer ",
      "ssn ",
      "://",
      "[",
      "]",
      '"',
      "\\",
      "'",
      "/home/",
      "\n",
      "ü",
      "PRIVATE KEY-----",
    ],
  ];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...parts), { minLength: 1, maxLength: 5 }), (some) => {
      const piece = some.join("");
      const make = (length: number): string => piece.repeat(length / piece.length);
      // Twenty times the text takes four hundred times as long if a pattern is quadratic.
      expect(growth(make(5_000), make(100_000), 150)).toBeLessThan(150);
    }),
    { numRuns: 200 },
  );
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
