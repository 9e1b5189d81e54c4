import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { runToExit, startService } from "@tracekeep/service/testing";
import { expect, test } from "vitest";

const main = join(import.meta.dirname, "main.ts");

test("it starts with the settings of .env.example", async () => {
  const example = parseEnv(await readFile(join(import.meta.dirname, "../.env.example"), "utf8"));
  await using service = await startService(main, { ...example, PORT: "0", SHUTDOWN_GRACE_MS: "0" });
  expect(await service.stop()).toBe(0);
});

test("a faulty configuration ends it with code 1 and every fault named", async () => {
  const env = {
    PORT: "many",
    TREASURY_ADDRESS: "treasury",
    TREASURY_TIMEOUT_MS: "soon",
    TRACE_SAMPLE_RATE: "abc",
  };
  const { code, stderr } = await runToExit(main, env);
  expect(code).toBe(1);
  for (const [name, value] of Object.entries(env)) {
    expect(stderr).toMatch(new RegExp(`${name}.*${value}`));
  }
});
