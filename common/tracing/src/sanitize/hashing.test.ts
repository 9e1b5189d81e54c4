import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { parseHashKey } from "./hash-key.ts";
import { createSanitizer } from "./index.ts";

const KEY = "a key of hashes, long enough";
const options = { keys: [], patterns: [/ACME-\d+/i, /[0-9a-f]{6}/], valueLength: 1_024 };
const { text, attribute } = createSanitizer({ ...options, hashKey: KEY });
const HASH = /^\[Hashed:[0-9a-f]{12}\]$/;

test("a secret becomes a keyed hash, and what is around it stays", () => {
  expect(text("no account for jane@mail.example, sorry")).toMatch(
    /^no account for \[Hashed:[0-9a-f]{12}\], sorry$/,
  );
  expect(attribute("password", "hunter2")).toMatch(HASH);
  expect(attribute("password", 17)).toMatch(HASH);
  expect(attribute("number", 4_111_111_111_111_111)).toMatch(HASH);
});

test("equal secrets have equal hashes, others have others", () => {
  expect(attribute("token", "a")).toBe(attribute("token", "a"));
  expect(attribute("token", "a")).not.toBe(attribute("token", "b"));
});

test.each([
  ["cards", ["4111111111111111", "4111 1111 1111 1111", "4111-1111-1111-1111"]],
  ["IBANs", ["DE89370400440532013000", "de89 3704 0044 0532 0130 00"]],
  ["e-mail addresses", ["Jane@Mail.example", "jane@mail.example", "jane%40mail.example"]],
  ["phone numbers", ["+442079460958", "+44 20 7946 0958", "+44 (20) 7946-0958"]],
  ["tokens with their scheme", ["Bearer abcdefgh1234", "abcdefgh1234"]],
])("all spellings of one secret have one hash, as a secret key's value too: %s", (_kind, spellings) => {
  expect(new Set(spellings.map((spelling) => attribute("secret", spelling))).size).toBe(1);
  const [first = "", ...others] = spellings.filter((spelling) => HASH.test(text(spelling)));
  for (const other of others) expect(text(other)).toBe(text(first));
  if (first !== "") expect(text(first)).toBe(attribute("secret", first));
  expect(attribute("secret", [spellings[0]])).toBe(attribute("secret", spellings[0]));
});

test("another key makes other hashes", () => {
  const other = createSanitizer({ ...options, hashKey: `${KEY}!` });
  expect(other.attribute("token", "a")).not.toBe(attribute("token", "a"));
});

test("another process with the same key makes the same hash", () => {
  const code = `
    import { createSanitizer } from ${JSON.stringify(new URL("index.ts", import.meta.url).href)};
    const { attribute } = createSanitizer({ keys: [], patterns: [], valueLength: 100, hashKey: ${JSON.stringify(KEY)} });
    process.stdout.write(attribute("token", "a"));`;
  const printed = execFileSync(process.execPath, ["--input-type=module", "-e", code], { encoding: "utf8" });
  expect(printed).toBe(attribute("token", "a"));
});

test("the user's patterns leave hashes alone", () => {
  const once = text("order acme-17 of jane@mail.example");
  expect(once).toMatch(/^order \[Hashed:[0-9a-f]{12}\] of \[Hashed:[0-9a-f]{12}\]$/);
  expect(text(once)).toBe(once);
});

test("a hash key that is too short is refused without being printed", () => {
  expect(parseHashKey("0123456789abcdef")).toBe("0123456789abcdef");
  for (const read of [parseHashKey, (hashKey: string) => createSanitizer({ ...options, hashKey })]) {
    expect(() => read("hunter2")).toThrow("has 7 characters; write at least 16");
    expect(() => read("hunter2")).not.toThrow("hunter2");
  }
});
