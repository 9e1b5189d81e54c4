import fc from "fast-check";
import { expect, test } from "vitest";
import { createSanitizer } from "./index.ts";
import { compileKeyGlob } from "./key-globs.ts";
import { parseKeyRules } from "./parse-key-rules.ts";
import { parsePatterns } from "./patterns.ts";

const isSecret = (rule: string, key: string): boolean =>
  createSanitizer({ keys: [rule], patterns: [], valueLength: 100 }).attribute(key, "plain") === "[Filtered]";

test.each([
  [
    "tenant_code",
    ["tenant_code", "x.tenantCode", "TENANT-CODE", "http.request.header.tenant-code"],
    ["tenant", "code"],
  ],
  ["*_code", ["tenant_code", "tenantCode", "Tenant-Code"], ["code", "tenant_codes", "barcode"]],
  ["*code", ["tenant_code", "barcode", "code"], ["codes"]],
  ["tenant*", ["tenant", "tenantCode", "tenants"], ["x.tenant"]],
  ["x-*-id", ["x-acme-id", "xAcmeId", "X_ACME_EU_ID"], ["x-id", "acme-id"]],
  ["x-?-id", ["x-1-id", "X_A_ID"], ["x-12-id", "x-id"]],
  ["room?", ["room1", "Rooms"], ["room", "room12"]],
  ["*tenantcode*", ["x-tenantcode-2"], ["tenant"]],
])("the rule %s, in any case and with any separators", (rule, secret, plain) => {
  for (const key of secret) expect(isSecret(rule, key), key).toBe(true);
  for (const key of plain) expect(isSecret(rule, key), key).toBe(false);
});

test("rules are read from a list", () => {
  expect(parseKeyRules(" tenantCode, *_code ,x-?-id,, ")).toEqual(["tenantCode", "*_code", "x-?-id"]);
  expect(parseKeyRules("")).toEqual([]);
});

test.each([
  ["*", 'has the rule "*", which names no key; write words or globs such as tenant_code or *_secret'],
  ["tenant,?*", 'has the rule "?*", which names no key'],
  ["_-.", "names no key"],
  ["^tenant$", 'in which "^" has no meaning'],
  ["[a-z]+_code", 'in which "[" has no meaning'],
  ["tenant\\d", 'in which "\\" has no meaning'],
  ["x".repeat(1_000).concat("("), "…"],
])("the rule %s is refused, at the start", (rules, message) => {
  expect(() => parseKeyRules(rules)).toThrow(message);
  expect(() => createSanitizer({ keys: rules.split(","), patterns: [], valueLength: 100 })).toThrow(message);
});

test("a glob finds the same as the regular expression of the same meaning", () => {
  const glob = fc.stringMatching(/^[ab*?]{0,8}$/);
  const text = fc.stringMatching(/^[ab]{0,12}$/);
  fc.assert(
    fc.property(glob, text, (pattern, candidate) => {
      const same = new RegExp(`^${pattern.replaceAll("*", ".*").replaceAll("?", ".")}$`);
      expect(compileKeyGlob(pattern)(candidate)).toBe(same.test(candidate));
    }),
    { numRuns: 2_000 },
  );
});

test("a glob that would hang a regular expression is answered", () => {
  expect(compileKeyGlob(`${"a*".repeat(50)}b`)("a".repeat(10_000))).toBe(false);
});

test("patterns keep their flags, and match nothing in what is masked already", () => {
  const own = createSanitizer({ keys: [], patterns: [/acme-\d+/i, /Filter/y], valueLength: 100 });
  expect(own.text("x ACME-17, [Filtered], y Filters")).toBe("x [Filtered], [Filtered], y [Filtered]s");
});

test("a pattern that does not compile is refused", () => {
  expect(parsePatterns("ACME-\\d+ x{2}")).toHaveLength(2);
  expect(() => parsePatterns("ok [")).toThrow("has a pattern that does not compile");
});

test("patterns find numbers, too", () => {
  const own = createSanitizer({ keys: [], patterns: [/\b\d{9}\b/], valueLength: 100 });
  expect(own.attribute("customer", 123_456_789)).toBe("[Filtered]");
  expect(own.attribute("count", 17)).toBe(17);
});
