import { afterAll, afterEach, beforeEach, expect } from "vitest";
import { answerWith } from "../../common/tracing/test/cli/harness/answering-server.ts";
import { runCli } from "../../common/tracing/test/cli/harness/run-cli.ts";
import { startProxy } from "../../common/tracing/test/proxy/harness/proxy.ts";
import { makeAuthority } from "../../common/tracing/test/tls/harness/authority.ts";
import { startTlsFront } from "../../common/tracing/test/tls/harness/tls-front.ts";
import { startIntake, type TestIntake } from "../harness/stack.ts";
import { entry } from "./harness/page.ts";
import { logOfOneCall } from "./harness/probe.ts";

const authority = makeAuthority();
let intake: TestIntake;
beforeEach(async () => {
  intake = await startIntake();
});
afterEach(() => intake.close());
afterAll(() => authority.remove());

/** What a service says that cannot send its trace, and what the doctor says of its settings. */
async function said(env: Record<string, string>, until = "Spans "): Promise<string> {
  const log = await logOfOneCall({ ...env, TRACE_SAMPLE_RATE: "1" }, until);
  return `${log}\n${(await runCli(["doctor"], env)).stdout}`;
}

entry("The key is not accepted", async () => {
  intake.answer = { status: 403 };
  return said({ SENTRY_DSN: intake.dsn });
});

entry("There is no OTLP intake", async () => {
  intake.answer = { status: 404 };
  const before = await said({ SENTRY_DSN: intake.dsn });
  intake.answer = { status: 200 };
  await logOfOneCall({ SENTRY_DSN: intake.dsn, TRACE_SAMPLE_RATE: "1", TRACE_EXPORT_PROTOCOL: "envelope" });
  expect(intake.requests.at(-1)?.path).toContain("/envelope/");
  return before;
});

entry("Sentry takes no more", async () => {
  intake.answer = { status: 429, headers: { "x-sentry-rate-limits": "60:span:key" } };
  return said({ SENTRY_DSN: intake.dsn }, "The server takes no more");
});

entry("Sentry cannot be reached", () => said({ SENTRY_DSN: "http://0123456789abcdef@127.0.0.1:9/42" }));

entry("A proxy is in the way", async () => {
  const proxy = await startProxy();
  proxy.answer = 407;
  const text = await said({ SENTRY_DSN: intake.dsn, HTTP_PROXY: proxy.url });
  await proxy.close();
  return text;
});

entry("The certificate is not trusted", async () => {
  const front = await startTlsFront(authority.issue({ names: ["localhost"] }), intake.port);
  const env = { SENTRY_DSN: `https://0123456789abcdef@localhost:${front.port}/42` };
  const text = await said(env);
  await logOfOneCall({ ...env, TRACE_SAMPLE_RATE: "1", TRACE_EXPORT_CA_FILE: authority.file });
  expect(intake.spans.length).toBeGreaterThan(0);
  await front.close();
  return text;
});

entry("Traces stand at the wrong time", async () => {
  const dsn = await answerWith((response) => {
    response.sendDate = false;
    response.writeHead(200, { date: new Date(Date.now() - 7_200_000).toUTCString() }).end();
  });
  return (await runCli(["doctor"], { SENTRY_DSN: dsn })).stdout;
});
