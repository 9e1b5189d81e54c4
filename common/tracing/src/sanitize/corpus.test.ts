import { expect, test } from "vitest";
import { readCase } from "./corpus/corpus-case.ts";
import { CORPUS } from "./corpus/index.ts";
import { plainKeys, secretKeys } from "./corpus/keys.ts";
import { createSanitizer } from "./index.ts";

const { text, attribute } = createSanitizer({ keys: [], patterns: [], valueLength: 65_536 });
const cases = Object.entries(CORPUS).flatMap(([kind, texts]) =>
  texts.map((marked) => ({ kind, marked, ...readCase(marked) })),
);

test.each(cases)("$kind: $marked", ({ text: given, expected }) => {
  expect(text(given)).toBe(expected);
});

test.each(secretKeys)("the value of %s is secret", (key) => {
  for (const value of ["plain", 17, true, ["a"]]) expect(attribute(key, value)).toBe("[Filtered]");
});

test.each(plainKeys)("the value of %s is not secret", (key) => {
  expect(attribute(key, "plain")).toBe("plain");
});

const share = (part: number, other: number): string =>
  part + other === 0 ? "     -" : `${((100 * part) / (part + other)).toFixed(1).padStart(5)}%`;

test("precision and recall over the corpus", () => {
  expect(cases.length).toBeGreaterThanOrEqual(300);
  const line = (name: string, some: typeof cases): string => {
    // Of the others the tests above tell.
    const right = some.filter((each) => text(each.text) === each.expected);
    const sum = (of: "found" | "missed" | "wrong"): number =>
      right.reduce((total, each) => total + each[of], 0);
    const figures = `precision ${share(sum("found"), sum("wrong"))}  recall ${share(sum("found"), sum("missed"))}`;
    return `${name.padEnd(22)} ${String(right.length).padStart(3)} of ${String(some.length).padEnd(3)}  ${figures}`;
  };
  const kinds = Object.keys(CORPUS).map((kind) =>
    line(
      kind,
      cases.filter((each) => each.kind === kind),
    ),
  );
  console.log([...kinds, line("all", cases)].join("\n"));
});
