import { expect, test } from "vitest";
import { createSanitizer, type Sanitizer } from "./index.ts";

const { text, attribute } = createSanitizer({ keys: [], patterns: [], valueLength: 1_024 });
const textOf = text as (value: unknown) => string;

/** A proxy that throws at any touch. */
function hostile<T extends object>(target: T): T {
  const fail = (): never => {
    throw new Error("touched");
  };
  return new Proxy(target, { get: fail, has: fail, ownKeys: fail, getPrototypeOf: fail });
}

test.each([
  ["an array", ["no account for", "jane@mail.example"], "no account for,[Filtered]"],
  ["a number", 17, "17"],
  ["nothing", undefined, "undefined"],
  ["null", null, "null"],
  ["a symbol", Symbol("s"), "Symbol(s)"],
  ["an object without a prototype", Object.create(null), "[unreadable]"],
  ["a proxy that throws", hostile({}), "[unreadable]"],
])("a text that is none is read as one: %s", (_case, value, expected) => {
  expect(textOf(value)).toBe(expected);
});

test("an attribute's value that throws when it is read is left out or unreadable", () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  expect(attribute("key", proxy)).toBe("[unreadable]");
  expect(attribute("key", hostile(["a"]))).toBe("[unreadable]");
  expect(attribute("key", hostile({}))).toBeUndefined();
  expect(attribute("key", Object.assign(["a"], { slice: () => 17, map: undefined }))).toEqual(["a"]);
});

test("an attribute's key may be anything", () => {
  const untyped = attribute as (key: unknown, value: unknown) => ReturnType<Sanitizer["attribute"]>;
  for (const key of [17, Symbol("s"), {}, hostile({})]) expect(untyped(key, "plain")).toBe("plain");
});
