import { createRequire } from "node:module";
import { type Attributes, type HrTime, type SpanContext, SpanKind, TraceFlags } from "@opentelemetry/api";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseTraceState } from "../propagation/trace-state.ts";
import { createSanitizer } from "../sanitize/index.ts";
import { LocalTrace, RecordedSpan, type SpanEnvironment } from "../spans/index.ts";
import { createSpanCompleter, createSpanEncoder } from "./index.ts";

const load = createRequire(import.meta.url);
/** The official definitions, and OpenTelemetry's own serialiser. */
const official = load("otlp-official/build/src/generated/root.js");
const Request = official.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
const Span = official.opentelemetry.proto.trace.v1.Span;
const { ProtobufTraceSerializer } = load("otlp-official");

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
const scope = { name: "tests", version: "1" };
const RATE = "sentry.client_sample_rate";
const REASON = "tracekeep.keep.reason";
const complete = createSpanCompleter();
const encoder = createSpanEncoder({ "sentry.release": "1.2.3" });

const FORM = { longs: String, bytes: Buffer, arrays: true, defaults: true, oneofs: true };

function asMessage(span: object): object {
  const { status, ...rest } = span as { status: object | null };
  return { ...rest, status: status ?? { message: "", code: 0 } };
}

const hex = (bytes: number) =>
  fc
    .uint8Array({ minLength: bytes, maxLength: bytes })
    .filter((id) => id.some((byte) => byte > 0))
    .map((id) => Buffer.from(id).toString("hex"));
const text = fc.string({ unit: "binary", maxLength: 200 });
const number = fc.oneof(
  fc.maxSafeInteger().map((value) => value + 0),
  fc.double({ noInteger: true, noNaN: true }),
);
const attributes = fc.dictionary(
  text.map((key) => `k${key}`),
  fc.oneof(text, number, fc.boolean(), fc.array(text, { maxLength: 3 }), fc.array(number, { maxLength: 3 })),
  { maxKeys: 6 },
);
/** Microseconds that are exact as nanoseconds in a double. */
const time: fc.Arbitrary<HrTime> = fc
  .tuple(fc.integer({ min: 1, max: 4_000_000_000 }), fc.integer({ min: 0, max: 7_812 }))
  .map(([seconds, part]) => [seconds, part * 128_000]);
const context: fc.Arbitrary<SpanContext> = fc.record({
  traceId: hex(16),
  spanId: hex(8),
  traceFlags: fc.constantFrom(TraceFlags.NONE, TraceFlags.SAMPLED),
  isRemote: fc.boolean(),
});
const spans = fc.record({
  name: text,
  kind: fc.constantFrom(...[0, 1, 2, 3, 4]) as fc.Arbitrary<SpanKind>,
  traceId: hex(16),
  parent: fc.option(fc.record({ spanId: hex(8), isRemote: fc.boolean() }), { nil: undefined }),
  startTime: time,
  lasts: fc.integer({ min: 0, max: 1_000 }),
  attributes,
  events: fc.array(fc.record({ name: text, time, attributes }), { maxLength: 4 }),
  links: fc.array(fc.record({ context, attributes }), { maxLength: 4 }),
  status: fc.oneof(
    fc.constant({ code: 0 }),
    fc.constant({ code: 1 }),
    text.map((message) => ({ code: 2, message })),
  ),
  dropped: fc.tuple(fc.nat(), fc.nat(), fc.nat()),
  probability: fc.double({ min: 1e-9, max: 1, noNaN: true }),
});
type Made = typeof spans extends fc.Arbitrary<infer T> ? T : never;

function recordSpan(made: Made, trace: LocalTrace): RecordedSpan {
  const { parent, startTime, lasts, dropped } = made;
  const isLocalRoot = parent?.isRemote !== false;
  const { name, kind } = made;
  const start = { name, kind, trace, parentSpanId: parent?.spanId, isLocalRoot, scope, startTime };
  const span = new RecordedSpan(start, environment);
  // Past the sanitiser: this is about bytes.
  for (const [key, value] of Object.entries(made.attributes)) span.setClean(key, value);
  const asMap = (pairs: Attributes) => new Map(Object.entries(pairs)) as never;
  Object.defineProperties(span, {
    events: {
      value: made.events.map((event) => ({
        name: event.name,
        time: event.time[0] * 1e6 + event.time[1] / 1e3,
        attributes: asMap(event.attributes),
      })),
    },
    links: { value: made.links.map((link) => ({ ...link, attributes: asMap(link.attributes) })) },
  });
  span.status = made.status;
  [span.droppedAttributes, span.droppedEvents, span.droppedLinks] = dropped;
  span.end([startTime[0] + lasts, startTime[1]]);
  return span;
}

/** The same span as OpenTelemetry's SDK has it. */
function asReadableSpan(made: Made, spanId: string): object {
  const { traceId, parent, startTime, lasts, dropped } = made;
  const traceState = { serialize: () => "" };
  return {
    ...made,
    spanContext: () => ({ traceId, spanId, traceFlags: 1, traceState }),
    parentSpanContext: parent === undefined ? undefined : { ...parent, traceId, traceFlags: 1 },
    endTime: [startTime[0] + lasts, startTime[1]],
    attributes: { ...made.attributes, "sentry.release": "1.2.3" },
    droppedAttributesCount: dropped[0],
    droppedEventsCount: dropped[1],
    droppedLinksCount: dropped[2],
    resource: { attributes: {} },
    instrumentationScope: scope,
  };
}

test("any span arrives as the same message that OpenTelemetry's own serialiser makes of it, but for what we add", () => {
  fc.assert(
    fc.property(spans, fc.constantFrom("", "error"), (made, reason) => {
      const trace = new LocalTrace({ traceId: made.traceId, sampled: false });
      const span = recordSpan(made, trace);
      const recorded = encoder.encode(span, 0);
      const bits = encoder.bits();
      const bytes = complete(recorded, { bits, probability: made.probability, reason });
      const decoded = Span.toObject(Span.decode(bytes), FORM);
      expect(decoded.traceState).toMatch(/^ot=th:[0-9a-f]{14}$/);
      const added = decoded.attributes.splice(Object.keys(made.attributes).length + 1);
      expect(added.map(({ key }: { key: string }) => key)).toEqual(reason === "" ? [RATE] : [RATE, REASON]);

      const theirs = ProtobufTraceSerializer.serializeRequest([asReadableSpan(made, span.spanId)]);
      const request = Request.toObject(Request.decode(theirs), FORM);
      const [expected] = request.resourceSpans[0].scopeSpans[0].spans;
      expect(asMessage({ ...decoded, traceState: "" })).toEqual(asMessage(expected));
    }),
    { numRuns: 400 },
  );
});

const key = fc.stringMatching(/^[a-z][a-z0-9_\-*/@]{0,30}$/).filter((name) => name !== "ot");
const member = fc.tuple(key, fc.stringMatching(/^[!-+\--<>-~]{1,60}$/)).map((pair) => pair.join("="));
const otField = fc.oneof(
  fc.stringMatching(/^th:[0-9a-f]{1,14}$/),
  fc.stringMatching(/^rv:[0-9a-f]{14}$/),
  fc.stringMatching(/^[a-su-z]{2}:[a-z0-9]{1,20}$/),
);
const otMember = fc.array(otField, { minLength: 1, maxLength: 4 }).map((fields) => `ot=${fields.join(";")}`);
const foreignState = fc
  .tuple(fc.array(member, { maxLength: 31 }), fc.option(otMember, { nil: undefined }), fc.nat())
  .map(([members, ot, at]) => (ot === undefined ? members : members.toSpliced(at % 32, 0, ot)))
  .map((members) => parseTraceState([members.join(",")]));
const probability = fc.oneof(
  fc.double({ min: 2 ** -40, max: 1, noNaN: true }),
  fc.integer({ min: 1, max: 1_000 }).map((part) => part / 1_000),
);

/** The probability that fourteen digits stand for. */
function probabilityOf(digits: string): number {
  return Number(2n ** 56n - BigInt(`0x${digits}`)) / 2 ** 56;
}

function completed(trace: LocalTrace, probabilityThen: number) {
  const start = {
    name: "a",
    kind: SpanKind.SERVER,
    trace,
    parentSpanId: undefined,
    isLocalRoot: true,
    scope,
  };
  const recorded = encoder.encode(new RecordedSpan(start, environment), 0);
  const bits = encoder.bits();
  const bytes = complete(recorded, { bits, probability: probabilityThen, reason: "error" });
  const { traceState, attributes: pairs } = Span.toObject(Span.decode(bytes), FORM);
  const rate = pairs.find((pair: { key: string }) => pair.key === RATE)?.value.doubleValue;
  return { traceState: traceState as string, rate: rate as number | undefined };
}

test("both places of the probability agree, whatever others have written into the tracestate", () => {
  fc.assert(
    fc.property(
      foreignState,
      probability,
      fc.option(probability, { nil: undefined }),
      (state, now, before) => {
        const trace = new LocalTrace({
          traceId: "1".repeat(32),
          sampled: before !== undefined,
          probability: before,
          traceState: state,
        });
        const { traceState, rate } = completed(trace, now);
        expect(rate).toBe(now);
        const [ot = "", ...others] = traceState.split(",");
        const [digits = "", ...fields] = ot.slice("ot=th:".length).split(";");
        expect(ot.slice(0, 6)).toBe("ot=th:");
        expect(digits).toMatch(/^[0-9a-f]{14}$/);
        expect(Math.abs(probabilityOf(digits) - now)).toBeLessThan(2 ** -52);
        // What is others' is as it was, but for members with a secret in them.
        const { text } = environment.sanitizer;
        const members = state.split(",").filter((each) => each !== "" && text(each) === each);
        expect(others).toEqual(members.filter((each) => !each.startsWith("ot=")).slice(0, 31));
        const foreignFields =
          members
            .find((each) => each.startsWith("ot="))
            ?.slice(3)
            .split(";") ?? [];
        expect(fields).toEqual(foreignFields.filter((field) => field !== "" && !field.startsWith("th:")));
      },
    ),
    { numRuns: 500 },
  );
});

test.each([90, 91, 92, 93, 94, 95, 96, 97, 98, 99, 100, 101, 102, 103, 104, 105, 106, 107, 240, 490])(
  "the digits stand in their place before another member, at lengths about %d",
  (length) => {
    const state = [240, 240, 32]
      .map((most, i) => `${"abc"[i]}=${"x".repeat(Math.max(0, Math.min(most, length - 240 * i) - 2))}`)
      .filter((each) => each.length > 2)
      .join(",");
    const { traceState } = completed(
      new LocalTrace({ traceId: "1".repeat(32), sampled: false, traceState: state }),
      0.25,
    );
    expect(traceState).toBe(`ot=th:c0000000000000,${state}`);
  },
);

test("a sampled trace whose rate nobody knows says none, and passes the tracestate on as it is", () => {
  for (const state of ["", "vendor=x"]) {
    const trace = new LocalTrace({ traceId: "1".repeat(32), sampled: true, traceState: state });
    expect(completed(trace, Number.NaN)).toEqual({ traceState: state, rate: undefined });
  }
});

test.each([
  ["ot=th:8;rv:30569309025904,vendor=x", "ot=th:8;rv:30569309025904,vendor=x"],
  ["ot=th:8;to:jane@mail.example,vendor=x", "vendor=x"],
  ["vendor=jane@mail.example", ""],
])("of the state %s, whose digits may look like those of a card, %j is recorded", (traceState, recorded) => {
  const trace = new LocalTrace({ traceId: "1".repeat(32), sampled: true, traceState });
  expect(completed(trace, Number.NaN).traceState).toBe(recorded);
});

test("many different endings one after another are each written as they are", () => {
  const trace = new LocalTrace({ traceId: "1".repeat(32), sampled: false });
  for (let i = 1; i <= 1_000; i++) expect(completed(trace, i / 1_000).rate).toBe(i / 1_000);
});
