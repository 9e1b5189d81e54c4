import fc from "fast-check";
import { expect, test } from "vitest";
import { readCase } from "./corpus/corpus-case.ts";
import { CORPUS } from "./corpus/index.ts";
import { undisguised } from "./disguises.ts";
import { Mark, marksOf } from "./marks.ts";
import { createMask } from "./mask.ts";
import { compileValueRules, VALUE_RULES } from "./value-rules.ts";

const mask = createMask(undefined);
const withMarks = compileValueRules([], mask);
/** What the rules find if nothing tells them where not to look. */
function withoutMarks(text: string): string {
  const result = applyAll(text);
  const read = undisguised(result);
  const masked = applyAll(read);
  return masked === read ? result : masked;
}

function applyAll(text: string): string {
  const result = VALUE_RULES.reduce((cleaned, { apply }) => apply(cleaned, mask), text);
  return result === text ? text : applyAll(result);
}

test("marks and signs never keep a rule from what it would find", () => {
  const pieces = Object.values(CORPUS)
    .flat()
    .map((marked) => readCase(marked).text);
  for (const text of pieces) expect(withMarks(text)).toBe(withoutMarks(text));
  const mixture = fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string()), { maxLength: 4 });
  fc.assert(
    fc.property(mixture, fc.constantFrom("", " "), (parts, separator) => {
      expect(withMarks(parts.join(separator))).toBe(withoutMarks(parts.join(separator)));
    }),
    { numRuns: 5_000 },
  );
});

test.each([
  ["grpc", 0],
  ["ledger.v1.Ledger/GetAccount", 0],
  ["10.0.12.7", 0],
  ["jane@mail", Mark.at],
  ["a=b", Mark.assignment],
  ["/a/b", Mark.path],
  ["a/b", 0],
  ["12345", Mark.digits],
  ["123.456", 0],
  ["abcdefghijklmno", Mark.long],
  ["a&b", Mark.disguise],
  ["a%b", Mark.assignment | Mark.disguise],
  ["a\\b", Mark.path | Mark.disguise],
  ["ü", Mark.space | Mark.disguise],
])("the marks of %j", (text, marks) => {
  expect(marksOf(text)).toBe(marks);
});
