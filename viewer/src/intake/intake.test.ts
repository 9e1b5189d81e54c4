import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { decodeExportRequest } from "../otlp/decode.ts";
import { toOtlpJson } from "../otlp/to-json.ts";
import { decodeOfficialResponse, encodeOfficial, payloadOf } from "../testing/official.ts";
import {
  PROTOBUF,
  post,
  SENTRY_PATH,
  SPAN_BODY,
  SPAN_ID as spanId,
  TRACE_ID as traceId,
} from "../testing/post.ts";
import type { Intake } from "./intake.ts";
import { startIntake } from "./start.ts";

let intake: Intake;
beforeEach(async () => {
  intake = await startIntake({ keys: ["abc"], keepRequests: true });
});
afterEach(() => intake.close());

describe("traces", () => {
  it.each([SENTRY_PATH, `${SENTRY_PATH}/`, "/v1/traces", "/v1/traces/"])("are taken at %s", async (path) => {
    const response = await post(intake, path, SPAN_BODY);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/x-protobuf");
    expect((await response.arrayBuffer()).byteLength).toBe(0);
    expect(intake.trace(traceId)?.nodes[0]?.span).toMatchObject({
      spanId,
      service: "shop",
      name: "GET /things",
    });
  });

  it("are taken compressed, and both forms of the body are kept", async () => {
    const compressed = gzipSync(SPAN_BODY);
    await post(intake, SENTRY_PATH, compressed, { ...PROTOBUF, "content-encoding": "gzip" });
    const [request] = intake.requests;
    expect(request?.rawBody).toEqual(compressed);
    expect(request?.body).toEqual(SPAN_BODY);
    expect(request).toMatchObject({
      path: SENTRY_PATH,
      headers: { "x-sentry-auth": "sentry sentry_key=abc" },
    });
    expect(intake.trace(traceId)?.nodes).toHaveLength(1);
  });

  it("are taken as JSON, and answered in JSON", async () => {
    const span = {
      traceId,
      spanId,
      name: "from JSON",
      kind: 3,
      startTimeUnixNano: "1",
      endTimeUnixNano: "2",
    };
    const json = JSON.stringify({
      resourceSpans: [{ scopeSpans: [{ spans: [span, { ...span, spanId: "00" }] }] }],
    });
    const response = await post(intake, "/v1/traces", json, {
      "content-type": "application/json; charset=utf-8",
    });
    expect(await response.json()).toMatchObject({ partialSuccess: { rejectedSpans: "1" } });
    expect(intake.trace(traceId)?.nodes.map(({ span }) => span.name)).toEqual(["from JSON"]);
  });

  it("without a valid id are rejected, as the answer says", async () => {
    const response = await post(intake, SENTRY_PATH, encodeOfficial(payloadOf("00".repeat(16), spanId)));
    const answer = decodeOfficialResponse(new Uint8Array(await response.arrayBuffer()));
    expect(answer).toMatchObject({ partialSuccess: { rejectedSpans: "1" } });
    expect(intake.traces()).toEqual([]);
  });
});

describe("transactions", () => {
  it("are kept as spans beside those that came by OTLP, and told to listeners as such", async () => {
    await post(intake, SENTRY_PATH, SPAN_BODY);
    const seen: string[] = [];
    intake.onExport((request) => seen.push(JSON.stringify(toOtlpJson(request))));
    const event = {
      transaction: "GET /things/1",
      start_timestamp: 1767323045,
      timestamp: 1767323046,
      tags: { service: "things" },
      contexts: { trace: { trace_id: traceId, span_id: "00f067aa0ba902b7", parent_span_id: spanId } },
    };
    const lines = [{}, { type: "transaction" }, event];
    const envelope = lines.map((line) => JSON.stringify(line)).join("\n");
    expect((await post(intake, "/api/1/envelope/?sentry_key=abc", envelope)).status).toBe(200);
    const trace = intake.trace(traceId);
    expect(trace?.services).toEqual(["shop", "things"]);
    expect(trace?.nodes[1]).toMatchObject({ span: { name: "GET /things/1" }, parent: { span: { spanId } } });
    expect(seen).toEqual([expect.stringContaining("GET /things/1")]);
  });
});

describe("error events", () => {
  it("are kept with the span that they belong to; other items are passed over", async () => {
    const event = {
      event_id: "9ec79c33ec9942ab8353589fcb2e04dc",
      exception: { values: [{ type: "ServiceError", value: "bank DOWNBANK is not reachable" }] },
      contexts: { trace: { trace_id: traceId, span_id: spanId } },
    };
    const lines = [{ event_id: event.event_id }, { type: "client_report" }, {}, { type: "event" }, event];
    const envelope = lines.map((line) => JSON.stringify(line)).join("\n");
    const response = await post(intake, "/api/1/envelope/?sentry_key=abc", envelope, {
      "content-type": "text/plain",
    });
    expect(await response.json()).toEqual({ id: event.event_id });
    expect(intake.errors()).toMatchObject([
      { eventId: event.event_id, trace: { traceId, spanId }, exceptions: [{ type: "ServiceError" }] },
    ]);
  });

  it("can be waited for", async () => {
    const waiting = intake.waitForError(({ trace }) => trace?.traceId === traceId);
    const event = { message: "late", contexts: { trace: { trace_id: traceId, span_id: spanId } } };
    for (const payload of [{ message: "another" }, event]) {
      const lines = [{ event_id: "9ec79c33ec9942ab8353589fcb2e04dc" }, { type: "event" }, payload];
      await post(intake, "/api/1/envelope/", lines.map((line) => JSON.stringify(line)).join("\n"));
    }
    expect(await waiting).toMatchObject({ message: "late", eventId: "9ec79c33ec9942ab8353589fcb2e04dc" });
    await expect(intake.waitForError(() => false, { timeoutMs: 5 })).rejects.toThrow(
      /none of 2 error events/,
    );
  });

  it("may carry their key inside", async () => {
    const envelope = `${JSON.stringify({ dsn: intake.dsn })}\n`;
    expect((await post(intake, "/api/1/envelope/", envelope, {})).status).toBe(200);
  });
});

it("tells listeners of each request taken", async () => {
  const seen: number[] = [];
  const stop = intake.onExport((request, spans) => {
    expect(toOtlpJson(request)).toEqual(toOtlpJson(decodeExportRequest(SPAN_BODY, "protobuf")));
    seen.push(spans.length);
  });
  await post(intake, SENTRY_PATH, SPAN_BODY);
  stop();
  await post(intake, SENTRY_PATH, SPAN_BODY);
  expect(seen).toEqual([1]);
});
