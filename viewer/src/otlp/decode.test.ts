import { ExportTraceServiceRequest } from "@tracekeep/proto/otlp/v1";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyPayload, decodeOfficial, encodeOfficial, payloadOf } from "../testing/official.ts";
import { decodeExportRequest } from "./decode.ts";
import { checkJsonShape } from "./json-shape.ts";
import { MalformedRequestError, OversizedRequestError } from "./limits.ts";
import { checkProtobufShape } from "./protobuf-shape.ts";
import { toOtlpJson } from "./to-json.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";
const spanId = "b7ad6b7169203331";

describe("decodeExportRequest", () => {
  it("reads what OpenTelemetry's own definitions wrote, to the last bit", () => {
    fc.assert(
      fc.property(anyPayload, (payload) => {
        const request = decodeExportRequest(encodeOfficial(payload), "protobuf");
        const again = ExportTraceServiceRequest.encode(request).finish();
        expect(decodeOfficial(again)).toEqual(decodeOfficial(encodeOfficial(payload)));
      }),
    );
  });

  it("reads its own OTLP JSON back", () => {
    fc.assert(
      fc.property(anyPayload, (payload) => {
        const request = decodeExportRequest(encodeOfficial(payload), "protobuf");
        const json = Buffer.from(JSON.stringify(toOtlpJson(request)));
        // JSON knows no -0.
        expect(toOtlpJson(decodeExportRequest(json, "json"))).toEqual(JSON.parse(json.toString()));
        expect(json.includes("\n")).toBe(false);
      }),
    );
  });

  it("writes ids in hexadecimal, 64-bit times as strings and enums as integers", () => {
    const request = decodeExportRequest(encodeOfficial(payloadOf(traceId, spanId)), "protobuf");
    expect(JSON.parse(JSON.stringify(toOtlpJson(request))).resourceSpans[0].scopeSpans[0].spans[0]).toEqual({
      traceId,
      spanId,
      name: "GET /things",
      kind: 2,
      startTimeUnixNano: "1767323045000000001",
      endTimeUnixNano: "1767323045001000002",
    });
  });

  it("takes JSON times as strings, without rounding, or as numbers; null as absent; unknown fields and enum values", () => {
    const json = {
      resourceSpans: [
        {
          resource: null,
          newField: 1,
          scopeSpans: [
            {
              spans: [
                {
                  traceId: traceId.toUpperCase(),
                  spanId,
                  kind: 77,
                  startTimeUnixNano: "1767323045000000001",
                  endTimeUnixNano: 5,
                },
              ],
            },
          ],
        },
      ],
    };
    const request = decodeExportRequest(Buffer.from(JSON.stringify(json)), "json");
    const span = request.resourceSpans[0]?.scopeSpans[0]?.spans[0];
    expect(span?.traceId.toString("hex")).toBe(traceId);
    expect(span).toMatchObject({
      kind: 0,
      startTimeUnixNano: 1_767_323_045_000_000_001n,
      endTimeUnixNano: 5n,
    });
  });

  it.each([
    ["text", "hello"],
    ["an array", "[]"],
    ["a wrong type", '{"resourceSpans":"x"}'],
    ["base64 ids", '{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"CvdlGRbNQ92ESOshHIAxnA=="}]}]}]}'],
    ["a negative time", '{"resourceSpans":[{"scopeSpans":[{"spans":[{"startTimeUnixNano":"-1"}]}]}]}'],
    [
      "a time over 64 bits",
      '{"resourceSpans":[{"scopeSpans":[{"spans":[{"startTimeUnixNano":"18446744073709551616"}]}]}]}',
    ],
    ["half a document", '{"resourceSpans":[{'],
  ])("refuses JSON that is %s", (_, text) => {
    expect(() => decodeExportRequest(Buffer.from(text), "json")).toThrow(MalformedRequestError);
  });

  it("refuses every truncation that cuts a message, and never fails in another way", () => {
    const body = encodeOfficial(payloadOf(traceId, spanId));
    for (let length = 1; length < body.length; length++) {
      expect(() => decodeExportRequest(body.subarray(0, length), "protobuf")).toThrow(MalformedRequestError);
    }
  });

  it("never fails on any bytes in another way than by saying that they are malformed", () => {
    const isRefused = (body: Uint8Array, encoding: "protobuf" | "json") => {
      try {
        decodeExportRequest(body, encoding);
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedRequestError);
      }
    };
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.json(), (bytes, json) => {
        isRefused(bytes, "protobuf");
        isRefused(Buffer.from(json), "json");
      }),
    );
    fc.assert(
      fc.property(anyPayload, fc.nat(), fc.nat(255), (payload, at, byte) => {
        const body = encodeOfficial(payload);
        if (body.length > 0) body[at % body.length] = byte;
        isRefused(body, "protobuf");
      }),
    );
  });
});

describe("the bounds on a request", () => {
  it("stop a small body that would make millions of objects", () => {
    const spans = Buffer.alloc(5_000_000, Buffer.from([0x12, 0x00]));
    const varint = Buffer.from([0xc0, 0x96, 0xb1, 0x02]);
    const body = Buffer.concat([Buffer.from([0x0a, 0xc5, 0x96, 0xb1, 0x02, 0x12]), varint, spans]);
    expect(() => checkProtobufShape(body)).toThrow(OversizedRequestError);
    const json = Buffer.from(`{"resourceSpans":[${"{},".repeat(2_000_000)}{}]}`);
    expect(() => checkJsonShape(json)).toThrow(OversizedRequestError);
  });

  it("stop endless nesting", () => {
    const nested = (depth: number): object =>
      depth === 0 ? {} : { arrayValue: { values: [nested(depth - 1)] } };
    const payload = { resourceSpans: [{ resource: { attributes: [{ key: "deep", value: nested(80) }] } }] };
    expect(() => decodeExportRequest(encodeOfficial(payload), "protobuf")).toThrow(/nesting deeper/);
    const json = Buffer.from(`{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`);
    expect(() => decodeExportRequest(json, "json")).toThrow(/nesting deeper/);
  });

  it("do not count brackets inside strings", () => {
    expect(() =>
      checkJsonShape(Buffer.from(`{"a":"\\"${"[".repeat(5_000)}"}`), { messages: 4, depth: 2 }),
    ).not.toThrow();
  });
});
