import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openAccount } from "../harness/stack.ts";
import { confidentialHeaders, startCarelessStack } from "./harness/careless-stack.ts";
import { startEchoingEndpoint } from "./harness/echoing-endpoint.ts";
import { marker, PERSONAL } from "./harness/planted.ts";
import { Written } from "./harness/written.ts";

const { holder } = PERSONAL;

test.each([
  { status: 401, said: "status 401" },
  { status: 302, headers: { location: "http://127.0.0.1:9/" }, said: "status 302" },
  { status: 413, said: "status 413" },
  { status: 500, said: "status 500" },
])(
  "a destination that answers $status and quotes the key is not quoted in the log",
  async ({ said, ...answer }) => {
    using written = new Written();
    await using endpoint = await startEchoingEndpoint();
    endpoint.answer = answer;
    await using stack = await startCarelessStack(endpoint.settings);
    await openAccount(stack.gateway, { institution: "DETAILS", name: holder });
    await stack.stop();
    expect(written.missing([said, marker("details")])).toEqual([]);
    expect(written.findings()).toEqual([]);
  },
);

test("what waits on disk has no secrets, nor what is said of it", async () => {
  using written = new Written();
  await using endpoint = await startEchoingEndpoint();
  const spool = await mkdtemp(join(tmpdir(), "tracekeep-secrets-"));
  onTestFinished(() => rm(spool, { recursive: true, force: true }));
  endpoint.answer = { status: 503 };
  await using stack = await startCarelessStack({
    ...endpoint.settings,
    TRACE_SPOOL_DIR: spool,
    TRACE_SAMPLE_RATE: "0",
  });
  await openAccount(stack.gateway, { institution: "THROWN", name: holder }, confidentialHeaders());
  await stack.stop();
  expect(written.addFolder(spool)).toBeGreaterThan(0);
  expect(written.missing([marker("thrown"), "status 503"])).toEqual([]);
  expect(written.findings()).toEqual([]);
});
