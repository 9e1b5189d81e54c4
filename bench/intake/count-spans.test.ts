import { gzipSync } from "node:zlib";
import { ExportTraceServiceRequest } from "@tracekeep/proto/otlp/v1";
import fc from "fast-check";
import { expect, test } from "vitest";
import { countDatadogSpans } from "./count-datadog.ts";
import { countEnvelopeSpans } from "./count-envelope.ts";
import { countOtlpSpans } from "./count-otlp.ts";
import { countSpans } from "./count-spans.ts";

/** Spans of scopes of resources. */
const nested = fc.array(fc.array(fc.nat(40), { maxLength: 4 }), { maxLength: 4 });
const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);

function otlpRequest(resources: readonly (readonly number[])[]): Buffer {
  const span = { name: "a span", traceId: Buffer.alloc(16), startTimeUnixNano: 1n, flags: 1 };
  const message = {
    resourceSpans: resources.map((scopes) => ({
      resource: { attributes: [{ key: "service.name", value: { stringValue: "bench" } }] },
      scopeSpans: scopes.map((count) => ({
        scope: { name: "tracekeep", version: "1.0.0" },
        spans: Array.from({ length: count }, () => span),
      })),
    })),
  };
  return Buffer.from(
    ExportTraceServiceRequest.encode(ExportTraceServiceRequest.fromPartial(message)).finish(),
  );
}

test("spans of an OTLP request are counted over all resources and scopes", () => {
  fc.assert(
    fc.property(nested, (resources) => {
      expect(countOtlpSpans(otlpRequest(resources))).toBe(sum(resources.flat()));
    }),
  );
});

test("an OTLP request that is cut off is refused, and not counted in part", () => {
  const whole = otlpRequest([[3, 2]]);
  for (let length = 1; length < whole.length; length++)
    expect(() => countOtlpSpans(whole.subarray(0, length))).toThrow(RangeError);
});

test("spans of an envelope are those of its span items, and of its transactions with themselves", () => {
  const spans = { items: [{ name: "a\\nb" }, { name: "ü" }] };
  const payload = JSON.stringify(spans);
  const transaction = JSON.stringify({ transaction: "GET", spans: [{}, {}, {}] });
  const lines = [
    JSON.stringify({ sent_at: "2026-01-01T00:00:00Z" }),
    JSON.stringify({ type: "span", item_count: 2, length: Buffer.byteLength(payload) }),
    payload,
    JSON.stringify({ type: "transaction" }),
    transaction,
    JSON.stringify({ type: "event", length: 2 }),
    "{}",
  ];
  expect(countEnvelopeSpans(Buffer.from(lines.join("\n")))).toBe(2 + 4);
  expect(countEnvelopeSpans(Buffer.from(`${lines.join("\n")}\n`))).toBe(2 + 4);
  expect(countEnvelopeSpans(Buffer.from("{}\n"))).toBe(0);
});

/** MessagePack, in whichever of a type's spellings `wide` says. */
function pack(value: unknown, wide: boolean): Buffer {
  if (typeof value === "string") {
    const text = Buffer.from(value);
    const head = wide ? [0xd9, text.length] : [0xa0 | text.length];
    return Buffer.concat([Buffer.from(head), text]);
  }
  if (typeof value === "bigint") {
    const bytes = Buffer.from([0xcf, 0, 0, 0, 0, 0, 0, 0, 0]);
    bytes.writeBigUInt64BE(value, 1);
    return bytes;
  }
  if (typeof value === "number") return Buffer.from(wide ? [0xcd, 0, value] : [value]);
  const items = Array.isArray(value) ? value : Object.entries(value as object).flat();
  const length = Array.isArray(value) ? items.length : items.length / 2;
  const [narrow, broad] = Array.isArray(value) ? [0x90, 0xdc] : [0x80, 0xde];
  const head = wide || length > 15 ? [broad, length >> 8, length & 255] : [narrow | length];
  return Buffer.concat([Buffer.from(head), ...items.map((item) => pack(item, wide))]);
}

test("spans of a Datadog request are counted over all traces, whatever is in them", () => {
  const text = fc.string({ maxLength: 7 });
  const span = fc.record({
    name: text,
    span_id: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    error: fc.nat(127),
    meta: fc.dictionary(text, text, { maxKeys: 3 }),
    span_links: fc.array(fc.record({ name: text }), { maxLength: 2 }),
  });
  const traces = fc.array(fc.array(span, { maxLength: 20 }), { maxLength: 5 });
  fc.assert(
    fc.property(traces, fc.boolean(), (given, wide) => {
      expect(countDatadogSpans(pack(given, wide))).toBe(sum(given.map(({ length }) => length)));
    }),
  );
});

test("a Datadog request with more behind its traces is refused", () => {
  expect(() => countDatadogSpans(Buffer.concat([pack([[{ name: "a" }]], false), Buffer.from([0])]))).toThrow(
    "more or fewer bytes",
  );
});

test("each address is read in its own format, compressed or not, and others have no spans", () => {
  const body = otlpRequest([[5]]);
  expect(countSpans({ path: "/api/1/integration/otlp/v1/traces/", gzip: true, body: gzipSync(body) })).toBe(
    5,
  );
  expect(countSpans({ path: "/v1/traces", gzip: false, body })).toBe(5);
  expect(countSpans({ path: "/v0.4/traces", gzip: false, body: pack([[{ name: "a" }]], false) })).toBe(1);
  expect(countSpans({ path: "/info", gzip: false, body: Buffer.alloc(0) })).toBe(0);
});
