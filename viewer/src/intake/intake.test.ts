import { request as httpRequest } from "node:http";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { decodeExportRequest } from "../otlp/decode.ts";
import { toOtlpJson } from "../otlp/to-json.ts";
import { decodeOfficialResponse, encodeOfficial, payloadOf } from "../testing/official.ts";
import type { Intake } from "./intake.ts";
import { startIntake } from "./start.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";
const spanId = "b7ad6b7169203331";
const body = encodeOfficial(payloadOf(traceId, spanId));
const protobuf = { "content-type": "application/x-protobuf", "x-sentry-auth": "sentry sentry_key=abc" };
const sentryPath = "/api/1/integration/otlp/v1/traces";

let intake: Intake;
beforeEach(async () => {
  intake = await startIntake({ keys: ["abc"], keepRequests: true });
});
afterEach(() => intake.close());

function post(path: string, payload: Uint8Array | string, headers: Record<string, string> = protobuf) {
  const content = typeof payload === "string" ? payload : new Uint8Array(payload);
  return fetch(`${intake.url}${path}`, { method: "POST", body: content, headers });
}

describe("traces", () => {
  it.each([sentryPath, `${sentryPath}/`, "/v1/traces", "/v1/traces/"])("are taken at %s", async (path) => {
    const response = await post(path, body);
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
    const compressed = gzipSync(body);
    await post(sentryPath, compressed, { ...protobuf, "content-encoding": "gzip" });
    const [request] = intake.requests;
    expect(request?.rawBody).toEqual(compressed);
    expect(request?.body).toEqual(body);
    expect(request).toMatchObject({
      path: sentryPath,
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
    const response = await post("/v1/traces", json, { "content-type": "application/json; charset=utf-8" });
    expect(await response.json()).toMatchObject({ partialSuccess: { rejectedSpans: "1" } });
    expect(intake.trace(traceId)?.nodes.map(({ span }) => span.name)).toEqual(["from JSON"]);
  });

  it("without a valid id are rejected, as the answer says", async () => {
    const response = await post(sentryPath, encodeOfficial(payloadOf("00".repeat(16), spanId)));
    const answer = decodeOfficialResponse(new Uint8Array(await response.arrayBuffer()));
    expect(answer).toMatchObject({ partialSuccess: { rejectedSpans: "1" } });
    expect(intake.traces()).toEqual([]);
  });
});

describe("what is wrong is refused", () => {
  const { "x-sentry-auth": _, ...noKey } = protobuf;
  it.each([
    ["no key", 401, sentryPath, body, noKey],
    ["a broken key header", 401, sentryPath, body, { ...protobuf, "x-sentry-auth": "sentry what" }],
    [
      "an unknown key",
      403,
      sentryPath,
      body,
      { ...protobuf, "x-sentry-auth": "Sentry sentry_key=xyz, sentry_version=7" },
    ],
    ["another path", 404, "/api/1/store/", body, protobuf],
    ["a project that is no number", 404, "/api/x/integration/otlp/v1/traces", body, protobuf],
    ["another content type", 415, sentryPath, body, { ...protobuf, "content-type": "text/plain" }],
    ["another encoding", 415, sentryPath, body, { ...protobuf, "content-encoding": "br" }],
    ["a body that is not gzip", 400, sentryPath, body, { ...protobuf, "content-encoding": "gzip" }],
    [
      "a cut gzip body",
      400,
      sentryPath,
      gzipSync(body).subarray(0, -1),
      { ...protobuf, "content-encoding": "gzip" },
    ],
    ["a cut body", 400, sentryPath, body.subarray(0, -1), protobuf],
    ["garbage", 400, sentryPath, Buffer.from("garbage"), protobuf],
    ["an envelope without a key", 401, "/api/1/envelope/", Buffer.from("{}\n"), {}],
    ["an envelope that is none", 400, "/api/1/envelope/", Buffer.from("nonsense"), protobuf],
  ])("%s: %i", async (_name, status, path, payload, headers) => {
    const response = await post(path, payload, headers);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ detail: expect.stringMatching(/\w/) });
    expect(intake.traces()).toEqual([]);
  });

  it("another method: 405", async () => {
    const response = await fetch(`${intake.url}${sentryPath}`);
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe("POST");
  });

  it("a key in the query is as good as one in the header", async () => {
    expect((await post(`${sentryPath}?sentry_key=abc`, body, noKey)).status).toBe(200);
  });

  it("a body over the limit, announced or not: 413", async () => {
    await using small = await startIntake({ body: { compressed: 1000, decompressed: 2000 } });
    const send = (headers: Record<string, string>) =>
      new Promise<number | undefined>((resolve, reject) => {
        const request = httpRequest(`${small.url}/v1/traces`, {
          method: "POST",
          headers: { ...protobuf, ...headers },
        });
        request.on("response", (response) => resolve(response.resume().statusCode)).on("error", reject);
        request.end(Buffer.alloc(50_000));
      });
    expect(await send({ "content-length": "50000" })).toBe(413);
    expect(await send({ "transfer-encoding": "chunked" })).toBe(413);
  });

  it("gzip bombs, of bytes and of empty spans: 413, and the intake goes on", async () => {
    const zeros = gzipSync(Buffer.alloc(150 * 2 ** 20));
    const gzip = { ...protobuf, "content-encoding": "gzip" };
    expect((await post(sentryPath, zeros, gzip)).status).toBe(413);
    const spans = Buffer.alloc(90 * 2 ** 20, Buffer.from([0x12, 0x00]));
    // 90 MiB in protobuf's variable-length form, for the scope and for the resource around it.
    const scope = Buffer.concat([Buffer.from([0x12, 0x80, 0x80, 0x80, 0x2d]), spans]);
    const bomb = Buffer.concat([Buffer.from([0x0a, 0x85, 0x80, 0x80, 0x2d]), scope]);
    expect((await post(sentryPath, gzipSync(bomb), gzip)).status).toBe(413);
    expect((await post(sentryPath, body)).status).toBe(200);
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
    const response = await post("/api/1/envelope/?sentry_key=abc", envelope, {
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
      await post("/api/1/envelope/", lines.map((line) => JSON.stringify(line)).join("\n"));
    }
    expect(await waiting).toMatchObject({ message: "late", eventId: "9ec79c33ec9942ab8353589fcb2e04dc" });
    await expect(intake.waitForError(() => false, { timeoutMs: 5 })).rejects.toThrow(
      /none of 2 error events/,
    );
  });

  it("may carry their key inside", async () => {
    const envelope = `${JSON.stringify({ dsn: intake.dsn })}\n`;
    expect((await post("/api/1/envelope/", envelope, {})).status).toBe(200);
  });
});

describe("waitForTrace", () => {
  it("resolves when the trace is as wanted", async () => {
    const waiting = intake.waitForTrace(traceId, (trace) => trace.nodes.length === 2);
    await post(sentryPath, body);
    await post(sentryPath, encodeOfficial(payloadOf(traceId, "00f067aa0ba902b7")));
    expect((await waiting).nodes).toHaveLength(2);
    expect((await intake.waitForTrace(traceId)).traceId).toBe(traceId);
  });

  it("says what has come when it gives up", async () => {
    await post(sentryPath, body);
    const waiting = intake.waitForTrace(traceId, () => false, { timeoutMs: 10 });
    await expect(waiting).rejects.toThrow(
      /within 10 ms; these spans have:\n {2}shop: GET \/things \(server\)/,
    );
  });

  it("is one case of waiting for anything that was received", async () => {
    const waiting = intake.waitUntil(() => intake.stats().spans === 1);
    await post(sentryPath, body);
    await waiting;
    await expect(intake.waitUntil(() => false, { timeoutMs: 5 })).rejects.toThrow(/within 5 ms/);
  });

  it("rejects when the intake closes", async () => {
    const waiting = intake.waitForTrace(traceId);
    const rejected = expect(waiting).rejects.toThrow(/closed/);
    await intake.close();
    await rejected;
    await expect(intake.waitForTrace(traceId)).rejects.toThrow(/closed/);
  });
});

describe("made-up answers", () => {
  it("replace the next ones, in order, and store nothing", async () => {
    intake.answerNext(503);
    intake.answerNext(429, { "retry-after": "7" }, "slow down");
    expect((await post(sentryPath, body)).status).toBe(503);
    const second = await post(sentryPath, body);
    expect([second.status, second.headers.get("retry-after"), await second.text()]).toEqual([
      429,
      "7",
      "slow down",
    ]);
    expect(intake.traces()).toEqual([]);
    expect((await post(sentryPath, body)).status).toBe(200);
    expect(intake.requests).toHaveLength(3);
  });

  it("can depend on the request, and be ended", async () => {
    intake.answerAll(({ path }) => (path.startsWith("/api") ? { status: 500 } : undefined));
    expect((await post(sentryPath, body)).status).toBe(500);
    expect((await post("/v1/traces", body)).status).toBe(200);
    intake.answerAll(undefined);
    expect((await post(sentryPath, body)).status).toBe(200);
  });

  it("can be none at all", async () => {
    intake.hang();
    const cut = new AbortController();
    const hanging = fetch(`${intake.url}/v1/traces`, {
      method: "POST",
      body: new Uint8Array(body),
      headers: protobuf,
      signal: cut.signal,
    });
    const failed = expect(hanging).rejects.toThrow();
    // Another request is answered while the first one hangs.
    await expect.poll(() => intake.requests.length).toBe(1);
    expect((await post(sentryPath, body)).status).toBe(200);
    cut.abort();
    await failed;
  });
});

it("tells listeners of each request taken", async () => {
  const seen: number[] = [];
  const stop = intake.onExport((request, spans) => {
    expect(toOtlpJson(request)).toEqual(toOtlpJson(decodeExportRequest(body, "protobuf")));
    seen.push(spans.length);
  });
  await post(sentryPath, body);
  stop();
  await post(sentryPath, body);
  expect(seen).toEqual([1]);
});
