import { Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { queryObjects } from "node:v8";
import { afterAll, afterEach, beforeEach, expect, test, vi } from "vitest";
import { dial } from "../../src/transport/http/dial.ts";
import { createHttpSender } from "../../src/transport/http-sender.ts";
import { startService } from "../crash/harness/service.ts";
import { startIntake, type TestIntake } from "../harness/intake.ts";
import { fixture, runNode } from "../harness/run-node.ts";
import { makeAuthority } from "../tls/harness/authority.ts";
import { startTlsFront, type TlsFront } from "../tls/harness/tls-front.ts";
import { startProxy, type TestProxy } from "./harness/proxy.ts";

const authority = makeAuthority();
let intake: TestIntake;
let front: TlsFront;
let proxy: TestProxy;
beforeEach(async () => {
  intake = await startIntake();
  front = await startTlsFront(authority.issue({ names: ["localhost"] }), intake.port);
  proxy = await startProxy();
});
afterEach(async () => {
  await Promise.all([intake.close(), front.close(), proxy.close()]);
});
afterAll(() => authority.remove());

const secure = () => ({
  SENTRY_DSN: `https://publickey@localhost:${front.port}/42`,
  TRACE_EXPORT_CA_FILE: authority.file,
});

/** Lets a service make one span and stop; what it says. */
async function playOne(env: Record<string, string>): Promise<{ code: number | null; stderr: string }> {
  const service = await startService({
    env: { SENTRY_DSN: intake.dsn, TRACE_SAMPLE_RATE: "1", SHUTDOWN_LIMIT: "700", ...env },
  });
  await service.ask("ok");
  service.stop();
  const { code, stderr } = await service.ended;
  return { code, stderr };
}

const withPassword = () => proxy.url.replace("//", "//user:s3cr%2Ft@");

test.each(["HTTPS_PROXY", "https_proxy"])("an https destination is reached by CONNECT: %s", async (name) => {
  expect(await playOne({ ...secure(), [name]: withPassword() })).toEqual({ code: 0, stderr: "" });
  expect(intake.spans).toHaveLength(3);
  expect(new Set(proxy.seen)).toEqual(
    new Set([`CONNECT localhost:${front.port} Basic ${Buffer.from("user:s3cr/t").toString("base64")}`]),
  );
});

test.each(["HTTP_PROXY", "http_proxy"])("an http destination is fetched by the proxy: %s", async (name) => {
  expect(await playOne({ [name]: withPassword() })).toEqual({ code: 0, stderr: "" });
  expect(intake.spans).toHaveLength(3);
  expect(proxy.seen.every((line) => line.startsWith(`POST http://127.0.0.1:${intake.port}/api/42/`))).toBe(
    true,
  );
  expect(proxy.seen.every((line) => line.endsWith(Buffer.from("user:s3cr/t").toString("base64")))).toBe(true);
});

test.each(["NO_PROXY", "no_proxy"])("what %s names is reached directly", async (name) => {
  await playOne({ ...secure(), HTTPS_PROXY: proxy.url, [name]: "example.com,localhost" });
  expect([intake.spans.length, proxy.seen]).toEqual([3, []]);
});

test("error events go by the proxy, too", async () => {
  const service = await startService({ env: { ...secure(), HTTPS_PROXY: proxy.url } });
  await service.ask("fails");
  await intake.until(() => intake.errors.length > 0, "the error event");
  service.stop();
  await service.ended;
  expect(proxy.seen.every((line) => line.startsWith("CONNECT"))).toBe(true);
});

test("a crash's last request goes by the proxy, too", async () => {
  const service = await startService({
    env: { ...secure(), TRACE_SAMPLE_RATE: "0", TRACE_EXPORT_INTERVAL_MS: "60000", HTTPS_PROXY: proxy.url },
  });
  await service.ask("timer");
  await service.ended;
  expect([intake.spans.length, intake.errors.length]).toEqual([3, 1]);
  expect(proxy.seen).not.toEqual([]);
});

test("a connection by the proxy is kept for the next request, also beyond the time limit of the one before", async () => {
  vi.stubEnv("HTTP_PROXY", proxy.url);
  const sender = createHttpSender({ url: `http://127.0.0.1:${intake.port}/`, headers: {}, timeoutMs: 150 });
  const connections: number[] = [];
  for (let i = 0; i < 4; i++) {
    await sender.post(Buffer.alloc(0));
    connections.push(proxy.connections());
    await delay(100);
  }
  expect([connections, proxy.made()]).toEqual([[1, 1, 1, 1], 1]);
  await sender.close();
  vi.unstubAllEnvs();
});

test("connections by the proxy that have ended leave nothing behind", async () => {
  vi.stubEnv("HTTP_PROXY", proxy.url);
  intake.answer = { status: 200, headers: { connection: "close" } };
  const sender = createHttpSender({ url: `http://127.0.0.1:${intake.port}/`, headers: {}, timeoutMs: 5_000 });
  const post = () => sender.post(Buffer.alloc(0));
  await post();
  const before = queryObjects(Socket, { format: "count" });
  for (let i = 0; i < 20; i++) await post();
  expect(proxy.made()).toBe(21);
  expect(queryObjects(Socket, { format: "count" }) - before).toBeLessThan(10);
  await sender.close();
  vi.unstubAllEnvs();
});

test.each(["close", "time out"])(
  "a connection to a proxy that hangs does not outlast its request: %s",
  async (end) => {
    proxy.answer = "hang";
    vi.stubEnv("HTTPS_PROXY", proxy.url);
    const timeoutMs = end === "close" ? 60_000 : 200;
    const sender = createHttpSender({ url: "https://sentry.example/", headers: {}, timeoutMs });
    const result = sender.post(Buffer.from("body")).then(String, String);
    await vi.waitFor(() => expect(proxy.seen).toHaveLength(1), 5_000);
    expect(proxy.connections()).toBe(1);
    if (end === "close") await sender.close();
    expect(await result).toContain(end === "close" ? "the sender is closed" : "no answer within 200 ms");
    await vi.waitFor(() => expect(proxy.connections()).toBe(0), 5_000);
    await sender.close();
    vi.unstubAllEnvs();
  },
);

test("a proxy that wants other credentials, is gone or hangs: said once, without a password, and the process ends", async () => {
  proxy.answer = 407;
  const refused = await playOne({ ...secure(), HTTPS_PROXY: withPassword(), DEBUG: "*" });
  expect(refused.code).toBe(0);
  expect(refused.stderr).toContain("status 407: check the credentials in HTTPS_PROXY");
  proxy.answer = "hang";
  const hung = await playOne({ ...secure(), HTTPS_PROXY: withPassword() });
  expect(hung.code).toBe(0);
  await proxy.close();
  const gone = await playOne({ ...secure(), HTTPS_PROXY: withPassword() });
  expect(gone).toMatchObject({ code: 0, stderr: expect.stringContaining("ECONNREFUSED") });
  const wrong = await playOne({ ...secure(), HTTPS_PROXY: "socks5://user:s3cr%2Ft@x" });
  expect(wrong.stderr).toContain("not an http or https URL");
  for (const { stderr } of [refused, hung, gone, wrong]) expect(stderr).not.toMatch(/s3cr|dXNlcjpz/);
  proxy = await startProxy();
});

test.each(["https:", "http:"])(
  "no connection is begun once all are to be broken off: %s",
  async (protocol) => {
    const route = {
      target: new URL(`${protocol}//127.0.0.1:${intake.port}/`),
      trust: { rejectUnauthorized: true as const },
      proxy: { url: proxy.url, headers: {} },
    };
    await expect(dial(route, AbortSignal.abort(new Error("too late")))).rejects.toThrow("too late");
    expect(proxy.made()).toBe(0);
  },
);

test.each(["https", "http"])(
  "what a process has as it crashes goes by the proxy, too: %s",
  async (scheme) => {
    const env = scheme === "https" ? secure() : { SENTRY_DSN: intake.dsn };
    const { code } = await runNode(fixture("one-crash.ts"), { env: { ...env, ALL_PROXY: withPassword() } });
    expect(code).toBe(1);
    expect(intake.spans.map(({ name }) => name)).toEqual(["doomed"]);
    expect(intake.errors).toHaveLength(1);
    expect(proxy.seen).toHaveLength(2);
  },
);
