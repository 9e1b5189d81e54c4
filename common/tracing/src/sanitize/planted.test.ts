import fc from "fast-check";
import { expect, test } from "vitest";
import { readCase } from "./corpus/corpus-case.ts";
import { CORPUS } from "./corpus/index.ts";
import { createSanitizer } from "./index.ts";
import { isMasked } from "./mask.ts";

const LIMIT = 100_000;
const masking = createSanitizer({ keys: [], patterns: [], valueLength: LIMIT });
const hashing = createSanitizer({ keys: [], patterns: [], valueLength: LIMIT, hashKey: "0123456789abcdef" });
const RUNS = { numRuns: 2_000 };

/** Secrets that are told by nothing but themselves: whatever stands around them. */
const SECRETS: readonly string[] = [
  "4111 1111 1111 1111",
  "378282246310005",
  "DE89 3704 0044 0532 0130 00",
  "gb82west12345698765432",
  "jane.doe@mail.example",
  "+44 20 7946 0958",
  "123-45-6789",
  "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJqYW5lIn0.c2lnbmF0dXJl",
  ...[
    "AKIA·IOSFODNN7EXAMPLE",
    "ghp_·1234567890abcdefghijABCDEFGHIJ123456",
    "sk_live_·4eC39HqLyjWDarjtT1zdp7dc",
  ].map((key) => key.replace("·", "")),
];

const HARMLESS = fc.oneof(
  fc.uuid(),
  fc.stringMatching(/^[0-9a-f]{32}$/),
  fc.stringMatching(/^[0-9a-f]{16}$/),
  fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }).map((date) => date.toISOString()),
  fc.integer({ min: 1e12, max: 1_999_999_999_999 }).map(String),
  fc.bigInt({ min: 10n ** 18n, max: 2n * 10n ** 18n - 1n }).map(String),
  fc.ipV4(),
  fc.tuple(fc.ipV4(), fc.integer({ min: 1, max: 65_535 })).map(([host, port]) => `ipv4:${host}:${port}`),
  fc.tuple(fc.nat(99), fc.nat(99), fc.nat(99)).map((version) => version.join(".")),
  fc.nat(999_999).map((number) => `ORD-2024-${String(number).padStart(6, "0")}`),
  fc.stringMatching(/^[a-z]{3,12}-[0-9a-f]{10}-[a-z0-9]{5}$/),
  fc.stringMatching(/^[0-9a-f]{40}$/),
  fc.stringMatching(/^[a-z]{2,10}\.v[1-9]\.[A-Z][a-z]{2,20}Service\/[A-Z][A-Za-z]{2,20}$/),
);

/** Digits of a card in an id that is nothing but digits, or looks like a number of the other kinds, are chance. */
const isNoChance = (text: string): boolean => !/^\d{14,19}$/.test(text) || text.startsWith("1");

const PROSE = fc.stringMatching(/^[a-z ,;()[\]{}!\n]{0,30}$/);

test("a secret never comes out, whatever prose stands around it", () => {
  fc.assert(
    fc.property(PROSE, fc.constantFrom(...SECRETS), PROSE, (before, secret, after) => {
      for (const { text } of [masking, hashing])
        expect(text(`${before} ${secret} ${after}`)).not.toContain(secret);
    }),
    RUNS,
  );
});

test("a secret never comes out of JSON, of lists, or of a query, and what is around it stays", () => {
  fc.assert(
    fc.property(fc.constantFrom(...SECRETS), HARMLESS.filter(isNoChance), (secret, harmless) => {
      expect(masking.text(JSON.stringify({ id: harmless, list: [secret, 1], at: harmless }))).toBe(
        JSON.stringify({ id: harmless, list: ["[Filtered]", 1], at: harmless }),
      );
      expect(masking.attribute("list", [secret, harmless])).toEqual(["[Filtered]", harmless]);
      expect(masking.text(`/p?q=${encodeURIComponent(secret)} ${harmless}`)).toBe(
        `/p?q=[Filtered] ${harmless}`,
      );
    }),
    RUNS,
  );
});

test("ids, times, versions and addresses come out as they are, alone and among others", () => {
  fc.assert(
    fc.property(fc.array(HARMLESS.filter(isNoChance), { minLength: 1, maxLength: 4 }), (parts) => {
      for (const text of [parts[0] ?? "", parts.join(", "), `(${parts.join("; ")})`])
        expect(masking.text(text)).toBe(text);
    }),
    RUNS,
  );
});

/** Pieces of all kinds, so that what one rule leaves meets the others. */
const PIECES = Object.values(CORPUS)
  .flat()
  .map((marked) => readCase(marked).text);
const MIXTURE = fc
  .array(
    fc.oneof(
      fc.constantFrom(...PIECES),
      fc.string({ maxLength: 12 }),
      fc.constantFrom(
        "?",
        "?a=",
        "&",
        "=",
        ":",
        "@",
        '"',
        "\\",
        "[",
        "]",
        "://",
        "+",
        "%40",
        "token=",
        "cookie: ",
      ),
    ),
    { maxLength: 6 },
  )
  .chain((pieces) => fc.constantFrom("", " ", "\n").map((separator) => pieces.join(separator)));

test("cleaning twice changes nothing more, masked or hashed", () => {
  fc.assert(
    fc.property(MIXTURE, (text) => {
      for (const sanitizer of [masking, hashing]) {
        const once = sanitizer.text(text);
        expect(sanitizer.text(once)).toBe(once);
      }
    }),
    { numRuns: 5_000 },
  );
});

test("the value of a secret key is cleaned twice without change, too", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.double(), fc.boolean(), fc.array(fc.string())), (value) => {
      for (const { attribute } of [masking, hashing]) {
        const once = attribute("password", value);
        expect(isMasked(String(once))).toBe(true);
        expect(attribute("password", once)).toBe(once);
      }
    }),
  );
});
