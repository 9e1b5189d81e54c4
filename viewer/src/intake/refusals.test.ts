import { request as httpRequest } from "node:http";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PROTOBUF, post, SENTRY_PATH, SPAN_BODY } from "../testing/post.ts";
import type { Intake } from "./intake.ts";
import { startIntake } from "./start.ts";

let intake: Intake;
beforeEach(async () => {
  intake = await startIntake({ keys: ["abc"], keepRequests: true });
});
afterEach(() => intake.close());

describe("what is wrong is refused", () => {
  const { "x-sentry-auth": _, ...noKey } = PROTOBUF;
  it.each([
    ["no key", 401, SENTRY_PATH, SPAN_BODY, noKey],
    ["a broken key header", 401, SENTRY_PATH, SPAN_BODY, { ...PROTOBUF, "x-sentry-auth": "sentry what" }],
    [
      "an unknown key",
      403,
      SENTRY_PATH,
      SPAN_BODY,
      { ...PROTOBUF, "x-sentry-auth": "Sentry sentry_key=xyz, sentry_version=7" },
    ],
    ["another path", 404, "/api/1/store/", SPAN_BODY, PROTOBUF],
    ["a project that is no number", 404, "/api/x/integration/otlp/v1/traces", SPAN_BODY, PROTOBUF],
    ["another content type", 415, SENTRY_PATH, SPAN_BODY, { ...PROTOBUF, "content-type": "text/plain" }],
    ["another encoding", 415, SENTRY_PATH, SPAN_BODY, { ...PROTOBUF, "content-encoding": "br" }],
    ["a body that is not gzip", 400, SENTRY_PATH, SPAN_BODY, { ...PROTOBUF, "content-encoding": "gzip" }],
    [
      "a cut gzip body",
      400,
      SENTRY_PATH,
      gzipSync(SPAN_BODY).subarray(0, -1),
      { ...PROTOBUF, "content-encoding": "gzip" },
    ],
    ["a cut body", 400, SENTRY_PATH, SPAN_BODY.subarray(0, -1), PROTOBUF],
    ["garbage", 400, SENTRY_PATH, Buffer.from("garbage"), PROTOBUF],
    ["an envelope without a key", 401, "/api/1/envelope/", Buffer.from("{}\n"), {}],
    ["an envelope that is none", 400, "/api/1/envelope/", Buffer.from("nonsense"), PROTOBUF],
  ])("%s: %i", async (_name, status, path, payload, headers) => {
    const response = await post(intake, path, payload, headers);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ detail: expect.stringMatching(/\w/) });
    expect(intake.traces()).toEqual([]);
  });

  it("another method: 405", async () => {
    const response = await fetch(`${intake.url}${SENTRY_PATH}`);
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe("POST");
  });

  it("a key in the query is as good as one in the header", async () => {
    expect((await post(intake, `${SENTRY_PATH}?sentry_key=abc`, SPAN_BODY, noKey)).status).toBe(200);
  });

  it("a body over the limit, announced or not: 413", async () => {
    await using small = await startIntake({ body: { compressed: 1000, decompressed: 2000 } });
    const send = (headers: Record<string, string>) =>
      new Promise<number | undefined>((resolve, reject) => {
        const request = httpRequest(`${small.url}/v1/traces`, {
          method: "POST",
          headers: { ...PROTOBUF, ...headers },
        });
        request.on("response", (response) => resolve(response.resume().statusCode)).on("error", reject);
        request.end(Buffer.alloc(50_000));
      });
    expect(await send({ "content-length": "50000" })).toBe(413);
    expect(await send({ "transfer-encoding": "chunked" })).toBe(413);
  });

  it("gzip bombs, of bytes and of empty spans: 413, and the intake goes on", async () => {
    const zeros = gzipSync(Buffer.alloc(150 * 2 ** 20));
    const gzip = { ...PROTOBUF, "content-encoding": "gzip" };
    expect((await post(intake, SENTRY_PATH, zeros, gzip)).status).toBe(413);
    const spans = Buffer.alloc(90 * 2 ** 20, Buffer.from([0x12, 0x00]));
    // 90 MiB in PROTOBUF's variable-length form, for the scope and for the resource around it.
    const scope = Buffer.concat([Buffer.from([0x12, 0x80, 0x80, 0x80, 0x2d]), spans]);
    const bomb = Buffer.concat([Buffer.from([0x0a, 0x85, 0x80, 0x80, 0x2d]), scope]);
    expect((await post(intake, SENTRY_PATH, gzipSync(bomb), gzip)).status).toBe(413);
    expect((await post(intake, SENTRY_PATH, SPAN_BODY)).status).toBe(200);
  });
});
