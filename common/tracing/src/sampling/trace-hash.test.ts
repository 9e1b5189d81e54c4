import { expect, test } from "vitest";
import { type HashKey, SHARED_KEY, traceDraw } from "./trace-hash.ts";

const id = (number: number): string => number.toString(16).padStart(32, "0");

/** Every process of every version must make the same choice. The values are of another implementation of HalfSipHash-2-4. */
test.each([
  ["00000000000000000000000000000001", 0.7014682728360151],
  ["0af7651916cd43dd8448eb211c80319c", 0.40683209988851843],
  ["ffffffffffffffffffffffffffffffff", 0.4142228405795282],
  ["4bf92f3577b34da6a3ce929d0e0e4736", 0.5400345161946707],
])("the place of trace %s is %d, for ever", (traceId, place) => {
  expect(traceDraw(traceId, SHARED_KEY)).toBe(place);
});

/** Ids as bad senders make them: counted up in some part, the rest constant. */
const SENDERS: readonly [string, (number: number) => string][] = [
  ["counted up at the end", id],
  ["counted up at the start", (number) => number.toString(16).padStart(8, "0").padEnd(32, "0")],
  [
    "random in the high half only",
    (number) => (number * 2_654_435_761).toString(16).padStart(16, "0").padEnd(32, "7"),
  ],
];

test.each(SENDERS)("the places of ids %s are uniform within 3 sigma", (_case, makeId) => {
  const count = 100_000;
  const bins = new Array<number>(10).fill(0);
  let sampled = 0;
  for (let i = 1; i <= count; i++) {
    const place = traceDraw(makeId(i), SHARED_KEY);
    const bin = Math.floor(place * 10);
    bins[bin] = (bins[bin] ?? 0) + 1;
    if (place < 0.01) sampled++;
  }
  const sigma = (share: number) => Math.sqrt(count * share * (1 - share));
  for (const inBin of bins) expect(Math.abs(inBin - count / 10)).toBeLessThan(3 * sigma(0.1));
  expect(Math.abs(sampled - count / 100)).toBeLessThan(3 * sigma(0.01));
});

test("every digit of the id counts", () => {
  const base = "4bf92f3577b34da6a3ce929d0e0e4736";
  const places = new Set([traceDraw(base, SHARED_KEY)]);
  for (let at = 0; at < 32; at++) {
    places.add(
      traceDraw(base.slice(0, at) + (base[at] === "0" ? "1" : "0") + base.slice(at + 1), SHARED_KEY),
    );
  }
  expect(places.size).toBe(33);
});

test("with another key the places have nothing to do with the shared ones", () => {
  const key: HashKey = [0x1234_5678, 0x9abc_def0];
  const chosen = Array.from({ length: 50_000 }, (_, i) => id(i)).filter(
    (each) => traceDraw(each, SHARED_KEY) < 0.01,
  );
  const both = chosen.filter((each) => traceDraw(each, key) < 0.01);
  expect(chosen.length).toBeGreaterThan(400);
  expect(both.length).toBeLessThan(30);
});
