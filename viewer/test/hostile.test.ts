import { request as httpRequest, type IncomingMessage } from "node:http";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { TraceView } from "../src/api/wire.ts";
import { startViewer, type Viewer } from "../src/index.ts";
import { PROTOBUF, post, SENTRY_PATH, SPAN_BODY, TRACE_ID } from "../src/testing/post.ts";
import { sampleSpan } from "../src/testing/sample.ts";
import { sendSpans, traceIdOf, traceOf } from "./harness/send.ts";

let viewer: Viewer;
beforeEach(async () => {
  viewer = await startViewer({ body: { compressed: 10 * 2 ** 20, decompressed: 32 * 2 ** 20 } });
});
afterEach(() => viewer.close());

/** Sends a request as a browser would that is made to: `fetch` lets no program set these headers. */
function ask(path: string, headers: Record<string, string>, method = "GET"): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(new URL(path, viewer.url), { method, headers });
    request.on("response", (response) => resolve(response.resume())).on("error", reject);
    request.end();
  });
}

const statusOf = async (path: string, headers: Record<string, string>, method?: string) =>
  (await ask(path, headers, method)).statusCode;

describe("other web pages", () => {
  const host = () => `127.0.0.1:${viewer.intake.port}`;

  it.each([
    ["a page of another origin", { origin: "https://evil.example", "sec-fetch-site": "cross-site" }],
    [
      "a page of another port of this machine",
      { origin: "http://localhost:3000", "sec-fetch-site": "same-site" },
    ],
    [
      "a script tag of another page",
      { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "script" },
    ],
    [
      "a frame of another page",
      { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe" },
    ],
    ["an old browser's page", { origin: "null" }],
  ])("%s neither reads nor writes", async (_what, headers) => {
    expect(await statusOf("/data/overview", headers)).toBe(403);
    expect(await statusOf("/data/live", headers)).toBe(403);
    expect(await statusOf("/", headers)).toBe(403);
    expect(await statusOf("/api/1/envelope/?sentry_key=a", headers, "POST")).toBe(403);
    expect(
      await statusOf("/v1/traces", { ...headers, "content-type": "application/x-protobuf" }, "POST"),
    ).toBe(403);
  });

  it("of a name that was made to lead here reads nothing and writes nothing", async () => {
    for (const name of [
      "evil.example",
      "127.0.0.1.evil.example",
      "localhost.evil.example",
      "[::2]",
      "",
      "10.0.0.1",
    ]) {
      const headers = { host: `${name}:${viewer.intake.port}` };
      expect(await statusOf("/data/overview", headers)).toBe(403);
      expect(await statusOf("/", headers)).toBe(403);
      const origin = { ...headers, origin: `http://${headers.host}`, "sec-fetch-site": "same-origin" };
      expect(await statusOf("/api/1/envelope/?sentry_key=a", origin, "POST")).toBe(403);
    }
  });

  it("may link to a trace, whose page then asks for it from its own origin", async () => {
    const opened = {
      "sec-fetch-site": "cross-site",
      "sec-fetch-mode": "navigate",
      "sec-fetch-dest": "document",
    };
    expect(await statusOf(`/trace/${traceIdOf(1)}`, opened)).toBe(200);
    for (const name of ["127.0.0.1", "localhost", "[::1]"]) {
      const own = { host: `${name}:${viewer.intake.port}`, "sec-fetch-site": "same-origin" };
      expect(await statusOf("/data/overview", own)).toBe(200);
    }
    expect(await statusOf("/data/overview", { origin: `http://${host()}` })).toBe(200);
  });

  it("gets no header that opens anything, and a policy that lets nothing else run", async () => {
    for (const path of ["/", "/data/overview", "/nothing", "/assets/page.js"]) {
      const { headers } = await ask(path, {});
      expect(Object.keys(headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
      const policy = String(headers["content-security-policy"]);
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toMatch(/unsafe|\*|https?:/);
      expect(headers["x-content-type-options"]).toBe("nosniff");
    }
    expect(await statusOf("/v1/traces", { origin: "https://evil.example" }, "OPTIONS")).toBe(403);
  });
});

describe("what cannot be meant well", () => {
  it.each([
    ["a body over the limit", 413, Buffer.alloc(10 * 2 ** 20 + 1), PROTOBUF],
    [
      "a small body that grows beyond it",
      413,
      gzipSync(Buffer.alloc(40 * 2 ** 20)),
      { ...PROTOBUF, "content-encoding": "gzip" },
    ],
    ["invalid protobuf", 400, Buffer.from("ffffffffffffffffffff", "hex"), PROTOBUF],
    [
      "JSON of brackets",
      400,
      Buffer.from("[".repeat(1_000_000)),
      { ...PROTOBUF, "content-type": "application/json" },
    ],
  ])("%s is refused with %i, and the viewer goes on", async (_what, status, body, headers) => {
    expect((await post(viewer.intake, SENTRY_PATH, body, headers)).status).toBe(status);
    expect((await post(viewer.intake, SENTRY_PATH, SPAN_BODY)).status).toBe(200);
    expect(viewer.intake.trace(TRACE_ID)?.nodes).toHaveLength(1);
  });

  it.each([
    ["brackets", 400, "[".repeat(5_000_000)],
    ["millions of values", 413, `{"spans":[${"{},".repeat(3_000_000)}{}]}`],
    ["faults by the thousand", 400, `{"spans":[${"1,".repeat(100_000)}1]}`],
  ])(
    "an envelope of %s is refused with %i, in short, and the viewer goes on",
    async (_what, status, payload) => {
      const response = await post(
        viewer.intake,
        "/api/1/envelope/",
        `{}\n{"type":"transaction"}\n${payload}\n`,
      );
      expect(response.status).toBe(status);
      expect((await response.text()).length).toBeLessThan(3_000);
      expect(await statusOf("/data/overview", {})).toBe(200);
    },
  );

  it("times before the epoch's end and after, and texts of a megabyte, are shown in bounds", async () => {
    const strange = [
      { ...sampleSpan({ id: "1" }), startNanos: 0n, endNanos: 2n ** 64n - 1n },
      { ...sampleSpan({ id: "2", parent: "1" }), startNanos: 2n ** 64n - 1n, endNanos: 0n },
      sampleSpan({
        id: "3",
        parent: "1",
        name: "x".repeat(1e6),
        service: "y".repeat(1e6),
        status: "error",
        message: "z".repeat(1e6),
      }),
      sampleSpan({ id: "4", parent: "1", name: "\u001b[2J\u202eevil" }),
    ];
    await sendSpans(viewer.url, strange);
    const response = await fetch(`${viewer.url}data/traces/${strange[0]?.traceId}`);
    const text = await response.text();
    expect(text.length).toBeLessThan(10_000);
    expect(text).not.toMatch(/\\u001b|\u202e/);
    const trace: TraceView = JSON.parse(text);
    expect(trace.spans).toHaveLength(4);
    expect(trace.summary.nanos).toBe(Number(2n ** 64n - 1n));
  });

  it("a trace of thousands of levels in one circle is shown", async () => {
    const ring = Array.from({ length: 5_000 }, (_, index) => ({
      id: (index + 1).toString(16),
      parent: (((index + 1) % 5_000) + 1).toString(16),
    }));
    await sendSpans(viewer.url, traceOf(1, ...ring));
    const trace = (await (await fetch(`${viewer.url}data/traces/${traceIdOf(1)}`)).json()) as TraceView;
    expect(trace.spans).toHaveLength(5_000);
    expect(trace.spans.at(-1)?.depth).toBe(4_999);
  });
});
