import { type AttributeValue, SpanKind, SpanStatusCode } from "@opentelemetry/api";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createSpanCompleter, createSpanEncoder } from "../otlp/index.ts";
import { createSanitizer } from "../sanitize/index.ts";
import { LocalTrace, RecordedSpan, type SpanEnvironment } from "../spans/index.ts";
import { decodeSpan, readPlace } from "./decode-span.ts";

const environment: SpanEnvironment = {
  clock: { wall: () => 1_760_000_000_000_000, monotonic: () => 0 },
  sanitizer: createSanitizer({ keys: [], patterns: [], valueLength: 65_536 }),
  limits: { attributes: 1_000, events: 1_000 },
  isOpen: () => true,
  entered() {},
  started() {},
  ended() {},
  changedAfterEnd() {},
};

const encoder = createSpanEncoder({ "sentry.release": "1.2.3" });
const complete = createSpanCompleter();

/** A span's bytes as they wait to be sent. */
function encode(span: RecordedSpan, probability = 1, reason = ""): Buffer {
  const recorded = encoder.encode(span, 0);
  return complete(recorded, { bits: encoder.bits(), probability, reason });
}

const text = fc.string({ unit: "binary", maxLength: 300 });
const number = fc.oneof(
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0, -1, 127, 128, 2 ** 32, -(2 ** 53) + 1, 2 ** 53 - 1, 2 ** 60),
);
const value: fc.Arbitrary<AttributeValue> = fc.oneof(
  text,
  number,
  fc.boolean(),
  fc.array(text, { maxLength: 5 }),
  fc.array(number, { maxLength: 5 }),
  fc.array(fc.boolean(), { maxLength: 5 }),
);
const attributes = fc.uniqueArray(fc.tuple(text, value), {
  selector: ([key]) => key.toWellFormed(),
  maxLength: 12,
});
const id = (digits: number) =>
  fc
    .string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: digits, maxLength: digits })
    .filter((hex) => /[1-9a-f]/.test(hex));

const anySpan = fc.record({
  traceId: id(32),
  parentSpanId: fc.option(id(16), { nil: undefined }),
  isRemote: fc.boolean(),
  name: text,
  kind: fc.constantFrom(...Object.values(SpanKind).filter((kind) => typeof kind === "number")),
  start: fc.integer({ min: 0, max: 4_000_000_000_000_000 }),
  duration: fc.integer({ min: 0, max: 1e12 }),
  attributes,
  links: fc.array(fc.record({ traceId: id(32), spanId: id(16), sampled: fc.boolean(), attributes }), {
    maxLength: 3,
  }),
  status: fc.constantFrom(SpanStatusCode.UNSET, SpanStatusCode.OK, SpanStatusCode.ERROR),
  message: text,
  dropped: fc.record({ attributes: fc.nat(), events: fc.nat(), links: fc.nat() }),
  traceState: fc.constantFrom("", "ot=th:00000000000000", "vendor=x,ot=th:00000000000000", "vendor=1"),
  probability: fc.double({ min: 0.001, max: 1, noNaN: true }),
  reason: fc.constantFrom("", "error"),
});

const wellFormed = (item: AttributeValue): unknown =>
  typeof item === "string" ? item.toWellFormed() : Array.isArray(item) ? item.map(wellFormed) : item;
const asMap = (pairs: readonly (readonly [string, AttributeValue])[]) =>
  new Map(pairs.map(([key, item]) => [key.toWellFormed(), wellFormed(item)]));

test("whatever a span holds, it is read as it was written", () => {
  fc.assert(
    fc.property(anySpan, (given) => {
      const isLocalRoot = given.parentSpanId === undefined || given.isRemote;
      const span = new RecordedSpan(
        {
          name: given.name,
          kind: given.kind,
          trace: new LocalTrace({
            traceId: given.traceId,
            sampled: true,
            probability: given.probability,
            traceState: given.traceState,
          }),
          parentSpanId: given.parentSpanId,
          isLocalRoot,
          scope: { name: "tests", version: "1" },
        },
        environment,
      );
      for (const [key, item] of given.attributes) span.setClean(key, item);
      for (const {
        traceId,
        spanId,
        sampled,
        attributes: [first],
      } of given.links) {
        const context = { traceId, spanId, traceFlags: sampled ? 1 : 0 };
        span.addLink({ context, attributes: first === undefined ? {} : { plain: 1 } });
      }
      if (given.status !== SpanStatusCode.UNSET) span.status = { code: given.status, message: given.message };
      span.droppedAttributes = given.dropped.attributes;
      span.droppedEvents = given.dropped.events;
      span.droppedLinks = given.dropped.links;
      Object.assign(span, { startTime: given.start, endTime: given.start + given.duration });
      span.addEvent("not read");
      const bytes = encode(span, given.probability, given.reason);

      const place = {
        traceId: given.traceId,
        spanId: span.spanId,
        parentSpanId: given.parentSpanId ?? "",
        isLocalRoot,
      };
      expect(readPlace(bytes)).toEqual(place);
      const decoded = decodeSpan(bytes);
      expect(decoded).toEqual({
        ...place,
        name: given.name.toWellFormed(),
        kind: given.kind + 1,
        start: given.start,
        end: given.start + given.duration,
        attributes: asMap([
          ...given.attributes,
          ["sentry.release", "1.2.3"],
          ["sentry.client_sample_rate", given.probability],
          ...(given.reason === "" ? [] : [["tracekeep.keep.reason", given.reason] as const]),
        ]),
        links: given.links.map(({ traceId, spanId, sampled, attributes: [first] }) => ({
          traceId,
          spanId,
          sampled,
          attributes: new Map(first === undefined ? [] : [["plain", 1]]),
        })),
        status:
          given.status === SpanStatusCode.UNSET
            ? { code: 0, message: "" }
            : { code: given.status, message: given.message.toWellFormed() },
        dropped: given.dropped,
      });
    }),
    { numRuns: 500 },
  );
});

test("a message that is cut anywhere is refused or read in part, and never read past its end", () => {
  const trace = new LocalTrace({ traceId: "1".repeat(32), sampled: true, probability: 1 });
  const scope = { name: "tests", version: "1" };
  const span = new RecordedSpan(
    { name: "a span", kind: SpanKind.SERVER, trace, parentSpanId: undefined, isLocalRoot: true, scope },
    environment,
  );
  span.setAttributes({ text: "abc", list: [1, 2.5, -3], large: 2 ** 40 });
  const whole = encode(span);
  const secret = Buffer.concat([whole, Buffer.from("not part of the message")]);
  for (let length = 0; length < whole.length; length++) {
    try {
      expect(JSON.stringify(decodeSpan(secret.subarray(0, length)))).not.toContain("not part");
    } catch (error) {
      expect((error as Error).message).toMatch(/ends too early|is not read|out of range|outside buffer/);
    }
  }
});

test("numbers that JSON does not have become texts", () => {
  const trace = new LocalTrace({ traceId: "1".repeat(32), sampled: true, probability: 1 });
  const scope = { name: "tests", version: "1" };
  const span = new RecordedSpan(
    { name: "a span", kind: SpanKind.SERVER, trace, parentSpanId: undefined, isLocalRoot: true, scope },
    environment,
  );
  span.setClean("low", Number.NEGATIVE_INFINITY);
  span.setClean("none", Number.NaN);
  const { attributes: read } = decodeSpan(encode(span));
  expect([read.get("low"), read.get("none")]).toEqual(["-Infinity", "NaN"]);
});
