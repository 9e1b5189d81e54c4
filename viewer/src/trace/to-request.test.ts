import { ExportTraceServiceRequest } from "@tracekeep/proto/otlp/v1";
import fc from "fast-check";
import { expect, it } from "vitest";
import { decodeExportRequest } from "../otlp/decode.ts";
import { toOtlpJson } from "../otlp/to-json.ts";
import { anyPayload, encodeOfficial } from "../testing/official.ts";
import { type SpanRecord, spansOf } from "./span.ts";
import { requestOf } from "./to-request.ts";

const byId = (spans: readonly SpanRecord[]) =>
  spans
    .toSorted((a, b) => `${a.traceId}${a.spanId}`.localeCompare(`${b.traceId}${b.spanId}`))
    .map(withoutSignOfZero);

/** Whole numbers go as integers, of which there is one zero. */
function withoutSignOfZero(value: unknown): unknown {
  if (value === 0) return 0;
  if (Array.isArray(value)) return value.map(withoutSignOfZero);
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withoutSignOfZero(part)]));
}

it("spans put into a request come out of it the same, as protobuf and as JSON", () => {
  fc.assert(
    fc.property(anyPayload, (payload) => {
      const { spans } = spansOf(ExportTraceServiceRequest.decode(encodeOfficial(payload)));
      const request = requestOf(spans);
      expect(byId(spansOf(request).spans)).toEqual(byId(spans));
      const json = Buffer.from(JSON.stringify(toOtlpJson(request)));
      expect(byId(spansOf(decodeExportRequest(json, "json")).spans)).toEqual(byId(spans));
    }),
  );
});
