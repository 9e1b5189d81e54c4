import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { credentials, status } from "@grpc/grpc-js";
import { TreasuryServiceClient } from "@tracekeep/proto/treasury/v1";
import { unaryCall } from "@tracekeep/service";
import { runToExit, startService } from "@tracekeep/service/testing";
import { expect, test } from "vitest";

const main = join(import.meta.dirname, "main.ts");

test("starts, says where it listens, answers, and stops on SIGTERM", async () => {
  await using service = await startService(main);
  expect(service.address).toMatch(/^127\.0\.0\.1:[1-9]\d*$/);

  const client = new TreasuryServiceClient(service.address, credentials.createInsecure());
  const scope = { signal: new AbortController().signal, deadline: Number.POSITIVE_INFINITY };
  const { currencies } = await unaryCall(client, client.listCurrencies, {}, { scope, timeoutMs: 10_000 });
  expect(currencies).not.toHaveLength(0);
  client.close();

  expect(await service.stop()).toBe(0);
  expect(service.lines.at(-1)).toMatchObject({ service: "treasury", msg: "stopped" });
});

test("SIGTERM ends a call that watches rates at once, and tells it why", async () => {
  await using service = await startService(main);
  const client = new TreasuryServiceClient(service.address, credentials.createInsecure());
  const call = client.watchRates();
  call.write({ add: { base: "EUR", quote: "USD" } });
  const ended = once(call, "error");
  await once(call, "data");
  call.resume();
  expect(await service.stop()).toBe(0);
  expect(await ended).toMatchObject([{ code: status.UNAVAILABLE, details: "the service is stopping" }]);
  expect(service.lines.map(({ msg }) => msg)).not.toContain("requests still running are ended");
  client.close();
});

test("it starts with the settings of .env.example", async () => {
  const example = parseEnv(await readFile(join(import.meta.dirname, "../.env.example"), "utf8"));
  await using service = await startService(main, { ...example, PORT: "0", SHUTDOWN_GRACE_MS: "0" });
  expect(await service.stop()).toBe(0);
});

test("a faulty configuration ends it with code 1 and every fault named", async () => {
  const env = { PORT: "many", LOG_LEVEL: "loud", TRACE_SAMPLE_RATE: "abc" };
  const { code, stderr } = await runToExit(main, env);
  expect(code).toBe(1);
  for (const [name, value] of Object.entries(env)) {
    expect(stderr).toMatch(new RegExp(`${name}.*${value}`));
  }
});

test("a port that is taken ends it with code 1", async () => {
  await using first = await startService(main);
  const [, port = ""] = first.address.split(":");
  await expect(startService(main, { PORT: port })).rejects.toThrow("ended with code 1");
});
