import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { LedgerServiceService } from "@tracekeep/proto/ledger/v1";
import { runToExit, startGrpcServer, startService } from "@tracekeep/service/testing";
import { expect, test } from "vitest";
import { ada } from "./testing/traced-services.ts";

const main = join(import.meta.dirname, "main.ts");

test("of a ledger that cannot be reached a stranger does not learn the address", async () => {
  await using lonely = await startService(main, { LEDGER_ADDRESS: "127.0.0.1:1" });
  const response = await fetch(`http://${lonely.address}/accounts/a`);
  expect(response.status).toBe(503);
  const text = await response.text();
  expect(text).toContain("UNAVAILABLE");
  expect(text).not.toContain("127.0.0.1");
});

test("SIGTERM lets the running request end, closes kept-alive connections, and exits with code 0", async () => {
  const unanswered = () => {};
  const handlers = {
    createAccount: unanswered,
    getAccount: unanswered,
    batchGetAccounts: unanswered,
    listAccounts: unanswered,
    postTransaction: unanswered,
    streamEntries: unanswered,
    importTransactions: unanswered,
  };
  await using silent = await startGrpcServer(LedgerServiceService, handlers);
  await using stopping = await startService(main, {
    LEDGER_ADDRESS: silent.address,
    LEDGER_TIMEOUT_MS: "300",
  });
  const [host, port] = stopping.address.split(":");
  const idle = connect(Number(port), host);
  await once(idle, "connect");
  const body = JSON.stringify(ada);
  const headers = [
    "POST /accounts HTTP/1.1",
    "host: gateway",
    `content-length: ${body.length}`,
    "expect: 100-continue",
  ];
  const running = connect(Number(port), host);
  running.write(`${headers.join("\r\n")}\r\n\r\n`);
  // The server has taken the request once it asks for the body.
  expect(String(await once(running, "data"))).toContain("100 Continue");

  const exitCode = stopping.stop("SIGTERM");
  await stopping.line("stopping");
  running.write(body);
  expect(String(await once(running, "data"))).toContain("504");
  expect(await exitCode).toBe(0);
  // Nothing had to be cut off.
  expect(stopping.lines.map(({ msg }) => msg)).not.toContain("requests still running are ended");
});

test("it starts with the settings of .env.example", async () => {
  const example = parseEnv(await readFile(join(import.meta.dirname, "../.env.example"), "utf8"));
  await using service = await startService(main, { ...example, PORT: "0", SHUTDOWN_GRACE_MS: "0" });
  expect(await service.stop()).toBe(0);
});

test("a faulty configuration ends it with code 1 and every fault named", async () => {
  const env = {
    PORT: "many",
    LEDGER_ADDRESS: "ledger",
    TREASURY_ADDRESS: "treasury",
    PAYROLL_ADDRESS: "payroll",
    PAYROLL_TIMEOUT_MS: "soon",
    TRACE_TRUST_REMOTE: "some",
    TRACE_SAMPLE_RATE: "abc",
  };
  const { code, stderr } = await runToExit(main, env);
  expect(code).toBe(1);
  for (const [name, value] of Object.entries(env)) {
    expect(stderr).toMatch(new RegExp(`${name}.*${value}`));
  }
});
