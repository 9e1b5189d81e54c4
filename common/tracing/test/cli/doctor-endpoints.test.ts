import { Server, ServerCredentials } from "@grpc/grpc-js";
import { afterAll, afterEach, beforeEach, expect, test } from "vitest";
import { startIntake, type TestIntake } from "../harness/intake.ts";
import { startProxy } from "../proxy/harness/proxy.ts";
import { type IssueOptions, makeAuthority } from "../tls/harness/authority.ts";
import { startTlsFront } from "../tls/harness/tls-front.ts";
import { answerWith } from "./harness/answering-server.ts";
import { doctor, runCli } from "./harness/run-cli.ts";

const authority = makeAuthority();
let intake: TestIntake;
beforeEach(async () => {
  intake = await startIntake();
});
afterEach(() => intake.close());
afterAll(() => authority.remove());

const SKIPPED = { verdict: "not checked" };

test.each(["otlp", "envelope"])("where all is well, a test trace has arrived: %s", async (protocol) => {
  const { code, ok, checks, of } = await doctor({ SENTRY_DSN: intake.dsn, TRACE_EXPORT_PROTOCOL: protocol });
  expect({ code, ok }).toEqual({ code: 0, ok: true });
  expect(checks.filter(({ verdict }) => verdict === "warning" || verdict === "fault")).toEqual([]);
  const [taken] = of("sentry authentication");
  expect(intake.requests).toHaveLength(1);
  if (protocol === "otlp") {
    expect(taken?.message).toContain(intake.spans[0]?.traceId);
    expect(intake.spans.map(({ name }) => name).sort()).toEqual(["test call", "test work", "tracekeep test"]);
  } else expect(intake.requests[0]?.body.toString()).toContain('"type":"transaction"');
});

test("both destinations are checked, each under its name", async () => {
  const other = await startIntake();
  const { of } = await doctor({
    SENTRY_DSN: intake.dsn,
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${other.port}`,
  });
  expect(of("sentry authentication")[0]?.verdict).toBe("ok");
  expect(of("otlp authentication")[0]?.verdict).toBe("ok");
  expect([intake.spans.length, other.spans.length]).toEqual([3, 3]);
  await other.close();
});

test.each([
  [401, "authentication", "fault", "the key is not accepted (401)"],
  [403, "authentication", "fault", "the key is not accepted for this project (403)"],
  [429, "authentication", "warning", "the key is accepted, but the limit is used up (429)"],
  [404, "endpoint", "fault", "nothing takes traces at /api/42/integration/otlp/v1/traces"],
  [402, "endpoint", "fault", "refuses a trace (402 Payment Required)"],
  [410, "endpoint", "fault", "nothing takes traces at /api/42/integration/otlp/v1/traces"],
  [411, "endpoint", "fault", "refuses a trace (411 Length Required)"],
  [422, "endpoint", "fault", "does not understand a trace (422)"],
  [500, "endpoint", "fault", "fails (500)"],
  [302, "endpoint", "fault", "sends requests elsewhere (302)"],
])("status %i is told by the check %s", async (status, check, verdict, message) => {
  intake.answer = { status };
  const { code, of } = await doctor({ SENTRY_DSN: intake.dsn });
  expect(code).toBe(verdict === "fault" ? 1 : 0);
  expect(of(`sentry ${check}`)).toEqual([
    expect.objectContaining({ verdict, message: expect.stringContaining(message) }),
  ]);
  if (status === 404) {
    expect(of("sentry endpoint")[0]?.fix).toContain("TRACE_EXPORT_PROTOCOL=envelope");
    expect(of("sentry authentication")).toEqual([expect.objectContaining(SKIPPED)]);
  }
});

test("a login page is no intake, although it answers 200", async () => {
  const dsn = await answerWith((response) =>
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end("<html>Log in</html>"),
  );
  const { code, of } = await doctor({ SENTRY_DSN: dsn });
  expect(code).toBe(1);
  expect(of("sentry endpoint")[0]?.message).toContain("answers with a web page (200)");
});

test.each([
  [2, "ok", /agrees/],
  [-60, "warning", /(59|60|61) seconds behind the server's/],
  [7_200, "fault", /2 hours ahead of the server's/],
  [-7_200, "fault", /2 hours behind the server's/],
])("a clock that is %i seconds ahead of the server's: %s", async (ahead, verdict, message) => {
  const dsn = await answerWith((response) => {
    response.sendDate = false;
    const date = new Date(Date.now() - ahead * 1_000).toUTCString();
    response.writeHead(200, { date, "content-type": "application/json" }).end("{}");
  });
  const { code, of } = await doctor({ SENTRY_DSN: dsn });
  expect(code).toBe(verdict === "fault" ? 1 : 0);
  expect(of("sentry clock")).toEqual([
    expect.objectContaining({ verdict, message: expect.stringMatching(message) }),
  ]);
});

test("a host that does not exist, and a port where nothing listens, are named; what follows is not checked", async () => {
  const unknown = await doctor({ SENTRY_DSN: "https://0123456789abcdef@tracekeep.invalid/42" });
  expect(unknown.code).toBe(1);
  expect(unknown.of("sentry dns")[0]).toMatchObject({
    verdict: "fault",
    message: expect.stringContaining("tracekeep.invalid"),
  });
  expect(unknown.of("sentry authentication")[0]).toMatchObject(SKIPPED);
  const closed = await doctor({ SENTRY_DSN: "http://0123456789abcdef@127.0.0.1:9/42" });
  expect(closed.of("sentry connection")[0]).toMatchObject({
    verdict: "fault",
    message: "no connection to 127.0.0.1:9 (ECONNREFUSED)",
  });
  expect(closed.of("sentry endpoint")[0]).toMatchObject(SKIPPED);
});

const GOOD: IssueOptions = { names: ["localhost"] };
const trusted = { TRACE_EXPORT_CA_FILE: authority.file };

test.each([
  ["has expired", { ...GOOD, expired: true }, trusted],
  ["is self-signed", { ...GOOD, selfSigned: true }, trusted],
  ["is for another host: other.example", { names: ["other.example"] }, trusted],
  ["is signed by an authority that is not trusted", GOOD, {}],
])("a certificate that %s is a fault, and nothing was sent", async (words, certificate, env) => {
  const front = await startTlsFront(authority.issue(certificate), intake.port);
  const dsn = `https://0123456789abcdef@localhost:${front.port}/42`;
  const { code, of } = await doctor({ SENTRY_DSN: dsn, ...env });
  await front.close();
  expect(code).toBe(1);
  expect(of("sentry certificate")[0]).toMatchObject({
    verdict: "fault",
    message: expect.stringContaining(words),
  });
  expect(of("sentry endpoint")[0]).toMatchObject(SKIPPED);
  expect(intake.requests).toEqual([]);
});

test("a company's own authority is trusted by TRACE_EXPORT_CA_FILE, and a port without TLS is named", async () => {
  const front = await startTlsFront(authority.issue(GOOD), intake.port);
  const dsn = `https://0123456789abcdef@localhost:${front.port}/42`;
  expect((await doctor({ SENTRY_DSN: dsn, ...trusted })).of("sentry certificate")[0]?.verdict).toBe("ok");
  await front.close();
  const plain = await doctor({ SENTRY_DSN: `https://0123456789abcdef@127.0.0.1:${intake.port}/42` });
  expect(plain.of("sentry certificate")[0]).toMatchObject({
    verdict: "fault",
    message: expect.stringContaining("does not speak TLS"),
  });
});

test("a proxy that works, refuses, or is none is named by its variable, without its password", async () => {
  const proxy = await startProxy();
  const withPassword = proxy.url.replace("//", "//app:hunter2hunter2@");
  const env = { SENTRY_DSN: intake.dsn, http_proxy: withPassword };
  expect((await doctor(env)).of("sentry proxy")[0]).toMatchObject({
    verdict: "ok",
    message: `${proxy.url}/ (http_proxy)`,
  });
  expect(proxy.seen).toHaveLength(1);
  proxy.answer = 407;
  const refused = await runCli(["doctor"], env);
  expect(refused.code).toBe(1);
  expect(refused.stdout).toContain("(http_proxy) wants other credentials (407)");
  await proxy.close();
  const none = await doctor({ SENTRY_DSN: intake.dsn, HTTP_PROXY: "socks5://app:hunter2hunter2@x" });
  expect(none.of("sentry proxy")[0]).toMatchObject({
    verdict: "fault",
    message: "HTTP_PROXY is not an http or https URL",
  });
  expect(refused.stdout + refused.stderr + JSON.stringify(none.checks)).not.toContain("hunter2");
});

test("an OTLP endpoint that is the port of gRPC is told so", async () => {
  const server = new Server();
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  const { of } = await doctor({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` });
  server.forceShutdown();
  expect(of("otlp endpoint")[0]).toMatchObject({
    verdict: "fault",
    message: `127.0.0.1:${port} does not answer in HTTP/1.1`,
    fix: expect.stringContaining("4318; 4317 is that of gRPC"),
  });
});
