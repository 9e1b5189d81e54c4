import fc from "fast-check";
import { expect, test } from "vitest";
import { readMetadata } from "../propagation/index.ts";
import {
  type Announcement,
  decisionSignal,
  formatAnnouncement,
  formatSignal,
  parseSignal,
  readAnnouncement,
  type TrailerSignal,
} from "./signals.ts";

const text = fc.string({ unit: "binary", maxLength: 64 });
const kept = fc.record({
  probability: fc.double({ min: Number.MIN_VALUE, max: 1, noNaN: true }),
  reason: text,
});
const announcement: fc.Arbitrary<Announcement> = fc.record({
  reports: fc.boolean(),
  asks: fc.boolean(),
  kept: fc.option(kept, { nil: undefined }),
  keepId: fc.option(
    fc
      .uint8Array({ minLength: 16, maxLength: 16 })
      .filter((id) => id.some((byte) => byte > 0))
      .map((id) => Buffer.from(id).toString("hex")),
    { nil: undefined },
  ),
});
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const signal: fc.Arbitrary<TrailerSignal> = fc
  .record({
    attempt: optional(fc.integer({ min: 2, max: 99 })),
    failure: optional(fc.record({ service: text, method: text, code: text, reported: fc.boolean() })),
    kept: optional(kept),
    refused: fc.boolean(),
    recalls: fc.boolean(),
  })
  // Any keep beats a refusal.
  .map((each) => ({ ...each, refused: each.refused && each.kept === undefined }));

const metadata = (value: string | Buffer) =>
  readMetadata({ get: (name) => (name === "tracekeep" ? [value] : []) });

/** What may stand in a gRPC metadata value (RFC 9110's visible characters). */
const HEADER_TEXT = /^[\x21-\x7e]*$/;

test("an announcement arrives as it was, and fits into a header", () => {
  fc.assert(
    fc.property(announcement, (given) => {
      const value = formatAnnouncement(given);
      expect(value).toMatch(HEADER_TEXT);
      expect(readAnnouncement(metadata(value))).toEqual(given);
    }),
    { numRuns: 500 },
  );
});

test("a trailer's signal arrives as it was, and fits into a trailer", () => {
  fc.assert(
    fc.property(signal, (given) => {
      const value = formatSignal(given);
      expect(value).toMatch(HEADER_TEXT);
      // Nothing to say reads as nothing said.
      expect({ refused: false, recalls: false, ...parseSignal(value) }).toEqual(given);
    }),
    { numRuns: 500 },
  );
});

function throughTrailer(letter: string): [TrailerSignal, TrailerSignal] {
  const name = letter.repeat(500);
  const shortened = letter.repeat(128).toWellFormed();
  const failure = { service: name, method: name, code: "INTERNAL", reported: true };
  const more = { attempt: 3, refused: false, recalls: true };
  const given = { ...more, failure, kept: { probability: 0.5, reason: name } };
  const expected = {
    ...more,
    failure: { ...failure, service: shortened, method: shortened },
    kept: { probability: 0.5, reason: shortened },
  };
  return [parseSignal(formatSignal(given)), expected];
}

test("names of any length cost no other part of the signal", () => {
  const [read, expected] = throughTrailer("n");
  expect(read).toEqual(expected);
});

test.each(["€", "\ud800"])("neither do names of any length in other letters, as %j", (letter) => {
  const [read, expected] = throughTrailer(letter);
  expect(read).toEqual(expected);
});

const alphabet = [..."tracekeep=;%0123456789abcdefv1why.-+ \0\ud800é"];
const longText = fc.oneof(text, fc.string({ unit: "grapheme-ascii", minLength: 100, maxLength: 400 }));
const hostile = fc.oneof(
  fc.string({ unit: fc.constantFrom(...alphabet), maxLength: 300 }),
  fc.string({ unit: "binary", maxLength: 300 }),
  fc
    .array(
      fc
        .tuple(fc.constantFrom("kept", "why", "code", "service", "attempt", "refused", "__proto__"), longText)
        .map((pair) => pair.join("=")),
    )
    .map((pairs) => pairs.join(";")),
);

test("no trailer and no announcement makes reading throw, or is believed beyond its bounds", () => {
  fc.assert(
    fc.property(hostile, (value) => {
      const read = parseSignal(value);
      const announced = readAnnouncement(metadata(`v=1;${value}`));
      for (const keep of [read.kept, announced?.kept]) {
        if (keep === undefined) continue;
        expect(keep.probability > 0 && keep.probability <= 1).toBe(true);
        expect(keep.reason.length).toBeLessThanOrEqual(128);
      }
      if (read.attempt !== undefined) expect(read.attempt).toBeLessThan(100);
      for (const each of [read.failure?.service, read.failure?.method, read.failure?.code])
        expect((each ?? "").length).toBeLessThanOrEqual(128);
    }),
    { numRuns: 1_000 },
  );
});

test.each(["", "v=10", "v=2", "v=2;kept=1", "kept=1;why=error", "tracekeep", " v=1"])(
  "%j is no announcement of ours",
  (value) => {
    expect(readAnnouncement(metadata(value))).toBeUndefined();
  },
);

test("neither are bytes, nor nothing", () => {
  expect(readAnnouncement(metadata(Buffer.from("v=1")))).toBeUndefined();
  expect(readAnnouncement(() => [])).toBeUndefined();
});

test.each([
  "0".repeat(32),
  "A".repeat(32),
  "a".repeat(31),
  `a${"a".repeat(32)}`,
  `${"a".repeat(31)}\u0430`,
  "",
])("%j is no id of a trace", (id) => {
  expect(readAnnouncement(metadata(`v=1;asks=1;id=${id}`))).toEqual({ asks: true, reports: false });
});

test("a later version may say more", () => {
  expect(readAnnouncement(metadata("v=1;asks=1;more=than;we;know=1"))).toMatchObject({
    asks: true,
    reports: false,
  });
  expect(parseSignal("kept=1;why=error;more=1")).toMatchObject({ kept: { probability: 1, reason: "error" } });
});

test.each(["kept=0", "kept=-1", "kept=1.5", "kept=NaN", "kept=", "kept=Infinity", "kept", "kept=%ff"])(
  "%j keeps nothing",
  (value) => {
    expect(parseSignal(value).kept).toBeUndefined();
  },
);

test("a server without a decision says nothing of one", () => {
  const decision = { kept: true, probability: 0.5, reason: "error", bytes: 0, dropped: 0, reported: false };
  expect(formatSignal({ ...decisionSignal(undefined) })).toBe("");
  expect(parseSignal(formatSignal({ ...decisionSignal(decision) })).kept).toEqual({
    probability: 0.5,
    reason: "error",
  });
  expect(parseSignal(formatSignal({ ...decisionSignal({ ...decision, kept: false }) }))).toMatchObject({
    kept: undefined,
    refused: true,
  });
});
