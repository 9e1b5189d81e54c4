import { baggageEntryMetadataFromString, propagation } from "@opentelemetry/api";
import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeValue, formatBaggage, fromBaggage, parseBaggage, toBaggage } from "./baggage-header.ts";

const key = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,20}$/).filter((name) => !/^sentry-/.test(name));
const anyText = fc.string({ unit: "binary", maxLength: 40 });

test("any text survives the way from one baggage to the next", () => {
  const entries = fc.dictionary(key, anyText, { maxKeys: 8, noNullPrototype: true });
  fc.assert(
    fc.property(entries, (values) => {
      const sent = propagation.createBaggage(
        Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }])),
      );
      const header = formatBaggage("", fromBaggage(sent));
      expect(header).toMatch(/^[\x21-\x7e]*$/);
      const received = toBaggage(parseBaggage([header]).others)?.getAllEntries() ?? [];
      const expected = Object.entries(values).map(([name, value]) => [name, value.toWellFormed()]);
      expect(Object.fromEntries(received.map(([name, { value }]) => [name, value]))).toEqual(
        Object.fromEntries(expected),
      );
    }),
  );
});

test("members that cannot be read cost no other one", () => {
  const { others } = parseBaggage(["a=1,bad=%zz,=5,no value,sp ace=1,c=3", "d=100%,e=5"]);
  expect([...others]).toEqual([
    ["a", "1"],
    ["c", "3"],
    ["e", "5"],
  ]);
});

test("Sentry's members are told from the user's", () => {
  const { sentry, others } = parseBaggage(["sentry-trace_id=1,tenant=a", "sentry-sampled=true"]);
  expect([...sentry.keys()]).toEqual(["sentry-trace_id", "sentry-sampled"]);
  expect([...others.keys()]).toEqual(["tenant"]);
});

test("of equal keys the last counts, and it is sent once", () => {
  expect([...parseBaggage(["a=1,a=2", "a=3"]).others]).toEqual([["a", "3"]]);
});

test("properties of a member stay with it", () => {
  const { others } = parseBaggage(["a=1;ttl=5;private"]);
  expect(toBaggage(others)?.getEntry("a")).toMatchObject({ value: "1" });
  expect([...fromBaggage(toBaggage(others))]).toEqual([["a", "1;ttl=5;private"]]);
});

test("properties of nothing but space are left out, so that the header does not end in one", () => {
  const entry = (text: string) => ({ value: "1", metadata: baggageEntryMetadataFromString(text) });
  const baggage = propagation.createBaggage({ a: entry(" ttl=5 "), b: entry(" ") });
  expect(formatBaggage("", fromBaggage(baggage))).toBe("a=1;ttl=5,b=1");
});

test("a member with a control character, in its properties too, is left out: it could not be sent on", () => {
  const { others, sentry } = parseBaggage(["a=1;p=\t1,b=\u0001,c=\u007f,sentry-x=1;\tp,d=4"]);
  expect([...others]).toEqual([["d", "4"]]);
  expect(sentry.size).toBe(0);
});

test("names such as __proto__ are ordinary keys", () => {
  const baggage = toBaggage(parseBaggage(["__proto__=1,constructor=2"]).others);
  expect(baggage?.getEntry("constructor")?.value).toBe("2");
  expect(baggage?.getAllEntries()).toHaveLength(2);
});

test("a header is bounded: Sentry's members stay, the user's that do not fit are left out", () => {
  const others = new Map(Array.from({ length: 200 }, (_, index) => [`k${index}`, "v".repeat(100)]));
  const header = formatBaggage("sentry-trace_id=1,sentry-sampled=true", others);
  expect(header.length).toBeLessThanOrEqual(8_192);
  expect(header.split(",").length).toBeLessThanOrEqual(64);
  expect(header.startsWith("sentry-trace_id=1,sentry-sampled=true,k0=")).toBe(true);
});

test("one member that is too large costs no other one", () => {
  const others = new Map([
    ["large", "v".repeat(9_000)],
    ["small", "1"],
  ]);
  expect(formatBaggage("", others)).toBe("small=1");
});

test("whatever comes, it never throws, is bounded, and what is kept can be decoded", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "binary", maxLength: 2_000 }), { maxLength: 4 }), (values) => {
      const { sentry, others } = parseBaggage(values);
      expect(sentry.size + others.size).toBeLessThanOrEqual(128);
      for (const value of [...sentry.values(), ...others.values()]) expect(decodeValue(value)).toBeDefined();
      fromBaggage(toBaggage(others));
    }),
  );
});

test("a header of a megabyte is read to its bound only", () => {
  const { others } = parseBaggage([Array.from({ length: 100_000 }, (_, i) => `key${i}=v`).join(",")]);
  expect(others.size).toBe(64);
});
