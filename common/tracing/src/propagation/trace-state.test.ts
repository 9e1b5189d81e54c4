import fc from "fast-check";
import { expect, test } from "vitest";
import { parseTraceState, probabilityOf, withProbability } from "./trace-state.ts";

const key = fc.stringMatching(/^[a-z][a-z0-9_*/-]{0,20}$/).filter((name) => name !== "ot");
const value = fc.stringMatching(/^[\x21-\x2b\x2d-\x3c\x3e-\x7e]{1,20}$/);
const members = fc.uniqueArray(fc.tuple(key, value), { selector: ([name]) => name, maxLength: 10 });
const join = (list: readonly (readonly [string, string])[]) => list.map((pair) => pair.join("=")).join(",");

test("members that are valid pass unchanged and in order", () => {
  fc.assert(
    fc.property(members, (list) => {
      expect(parseTraceState([join(list)])).toBe(join(list));
    }),
  );
});

test("several header values are one list", () => {
  expect(parseTraceState(["a=1,b=2", "c=3"])).toBe("a=1,b=2,c=3");
});

test("a member that is not valid costs no other one", () => {
  expect(parseTraceState(["a=1, ,Bad=2,c==3,d=4\n,tenant@vendor=5, e=6 "])).toBe(
    "a=1,d=4,tenant@vendor=5,e=6",
  );
});

test("at most 32 members and 512 characters are passed on", () => {
  const many = Array.from({ length: 100 }, (_, index) => `k${index}=v`).join(",");
  expect(parseTraceState([many]).split(",")).toHaveLength(32);
  const long = Array.from({ length: 30 }, (_, index) => `k${index}=${"v".repeat(60)}`).join(",");
  expect(parseTraceState([long]).length).toBeLessThanOrEqual(512);
});

test("whatever comes, it never throws and what is passed on may stand in a header", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "binary", maxLength: 300 }), { maxLength: 5 }), (values) => {
      const passed = parseTraceState(values);
      expect(passed).toMatch(/^[\x20-\x7e]*$/);
      expect(parseTraceState([passed])).toBe(passed);
    }),
  );
});

test("the probability takes the place of any other and stands in front; other members stay", () => {
  fc.assert(
    fc.property(members, fc.double({ min: 1e-6, max: 1, noNaN: true }), (list, probability) => {
      const before = withProbability(join(list), 0.5);
      const after = withProbability(before, probability);
      expect(after).toHaveLength(before.length);
      expect(after.match(/(?:^|,)ot=/g)).toHaveLength(1);
      expect(after.startsWith("ot=th:")).toBe(true);
      expect(after.slice("ot=th:".length + 15)).toBe(join(list));
      expect(probabilityOf(after)).toBeCloseTo(probability, 11);
    }),
  );
});

test.each([
  ["ot=th:8", 0.5],
  ["ot=th:0", 1],
  ["ot=rv:abcdefabcdefab;th:c", 0.25],
  ["vendor=x,ot=th:8", 0.5],
  ["vendor=ot=th:8", undefined],
  ["ot=rv:1", undefined],
  ["ot=th:", undefined],
  ["ot=th:fffffffffffffff", undefined],
  ["", undefined],
])("the probability in %j is %j", (header, probability) => {
  expect(probabilityOf(header)).toBe(probability);
});
