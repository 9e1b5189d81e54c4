import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type KeptTrace,
  MOST_TRACES,
  readAnswer,
  readRequest,
  writeAnswer,
  writeRequest,
} from "./recall-message.ts";

const traceId = fc
  .uint8Array({ minLength: 16, maxLength: 16 })
  .filter((id) => id.some((byte) => byte > 0))
  .map((id) => Buffer.from(id).toString("hex"));
const kept: fc.Arbitrary<KeptTrace> = fc.record({
  traceId,
  probability: fc.double({ min: Number.MIN_VALUE, max: 1, noNaN: true }),
  reason: fc.string({ unit: "binary", maxLength: 32 }),
});

const idOf = (number: number): string => (number + 1).toString(16).padStart(32, "0");

test("what is asked and answered arrives as it was", () => {
  fc.assert(
    fc.property(
      fc.array(kept, { maxLength: 50 }),
      fc.array(traceId, { maxLength: 50 }),
      (traces, unknown) => {
        expect(readRequest(writeRequest(traces))).toEqual(traces);
        expect(readAnswer(writeAnswer(unknown))).toEqual(new Set(unknown));
      },
    ),
  );
});

test.each([
  ["plain letters", "x"],
  ["letters of three bytes", "€"],
  ["control characters, which JSON writes in six bytes", "\u0001"],
  ["quotes", '"'],
])("a full message arrives whole even if all its reasons are long, of %s", (_case, letter) => {
  const traces = Array.from({ length: MOST_TRACES }, (_, number) => ({
    traceId: idOf(number),
    probability: 0.05263157894736842,
    reason: letter.repeat(200),
  }));
  const read = readRequest(writeRequest(traces)) ?? [];
  expect(read.map((trace) => trace.traceId)).toEqual(traces.map((trace) => trace.traceId));
  expect(new Set(read.map(({ reason }) => reason))).toEqual(new Set([letter.repeat(64)]));
});

test("a full answer arrives whole", () => {
  const unknown = Array.from({ length: MOST_TRACES }, (_, number) => idOf(number));
  expect(readAnswer(writeAnswer(unknown)).size).toBe(MOST_TRACES);
});

const hostile = fc.oneof(
  fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
  fc.json().map((json) => Buffer.from(json)),
  fc.anything().map((traces) => asMessage({ traces })),
  fc.array(fc.anything()).map((traces) => asMessage({ traces })),
  fc
    .array(fc.array(fc.oneof(traceId, fc.anything())))
    .map((traces) => asMessage({ traces, unknown: traces })),
);

/** What JSON can say of a value; nothing of one that it cannot write. */
function asMessage(value: object): Buffer {
  try {
    return Buffer.from(JSON.stringify(value) ?? "");
  } catch {
    return Buffer.alloc(0);
  }
}

test("no message, whatever is in it, makes reading throw, or is believed beyond what a trace may be", () => {
  fc.assert(
    fc.property(hostile, (message) => {
      for (const { traceId: id, probability, reason } of readRequest(message) ?? []) {
        expect(id).toMatch(/^(?!0{32})[0-9a-f]{32}$/);
        expect(probability > 0 && probability <= 1).toBe(true);
        expect(reason.length).toBeLessThanOrEqual(64);
        expect(reason.isWellFormed()).toBe(true);
      }
      for (const id of readAnswer(message)) expect(id).toMatch(/^(?!0{32})[0-9a-f]{32}$/);
    }),
    { numRuns: 1_000 },
  );
});

const ID = "0af7651916cd43dd8448eb211c80319c";

test.each([
  ["an id of zeros", ["0".repeat(32), 1, "error"]],
  ["an id in capitals", [ID.toUpperCase(), 1, "error"]],
  ["an id with a line break behind it", [`${ID}\n`, 1, "error"]],
  ["an id that is a number", [1, 1, "error"]],
  ["probability 0", [ID, 0, "error"]],
  ["a negative probability", [ID, -1, "error"]],
  ["a probability above 1", [ID, 1.01, "error"]],
  ["a probability that is a text", [ID, "1", "error"]],
  ["no reason", [ID, 1]],
  ["a reason that is no text", [ID, 1, { toString: "x" }]],
  ["no list", { 0: ID, 1: 1, 2: "error" }],
])("%s is left out, and costs the others nothing", (_case, entry) => {
  const good = [ID, 1, "error"];
  expect(readRequest(asMessage({ traces: [good, entry, good] }))).toEqual(
    Array(2).fill({ traceId: ID, probability: 1, reason: "error" }),
  );
});

test("of a message with too many traces the first ones count, and one of megabytes is not read", () => {
  const traces = Array.from({ length: MOST_TRACES * 3 }, () => [ID, 1, ""]);
  expect(readRequest(asMessage({ traces }))).toHaveLength(MOST_TRACES);
  expect(readRequest(asMessage({ traces: [[ID, 1, "x".repeat(3_000_000)]] }))).toBeUndefined();
  expect(readRequest(Buffer.from("[".repeat(1_000_000)))).toBeUndefined();
});
