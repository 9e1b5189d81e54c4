import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { ConfigError, loadConfig } from "./load.ts";
import { grpcAddress, wholeNumber } from "./variables.ts";

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "tracekeep-config-"));
});
afterEach(() => rm(cwd, { recursive: true }));

const defaults = { SERVICE_NAME: "bakery", SERVICE_VERSION: "1.2.3", PORT: "50060" };

function load(env: Record<string, string | undefined>, more: Record<string, string> = {}) {
  return loadConfig({
    env,
    cwd,
    defaults: { ...defaults, ...more },
    variables: {
      OVENS: wholeNumber(1, 9).default(2),
      MILL_ADDRESS: grpcAddress().default("127.0.0.1:50061"),
      OVEN_KEY: z.string().startsWith("key-", "write key-...").optional(),
    },
    secrets: ["OVEN_KEY"],
  });
}

function faultsOf(env: Record<string, string>): readonly string[] {
  try {
    load(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

test("without any setting the defaults hold", () => {
  const config = load({});
  expect(config).toMatchObject({
    HOST: "127.0.0.1",
    PORT: 50060,
    SERVICE_NAME: "bakery",
    SERVICE_VERSION: "1.2.3",
    ENVIRONMENT: "development",
    LOG_LEVEL: "info",
    OVENS: 2,
  });
  expect(config.tracing).toMatchObject({
    serviceName: "bakery",
    serviceVersion: "1.2.3",
    environment: "development",
  });
});

test("the environment beats .env, which beats the defaults", async () => {
  await writeFile(join(cwd, ".env"), "PORT=1111\nOVENS=3\nSERVICE_NAME=from-file\nENVIRONMENT=staging\n");
  const config = load({ PORT: "2222", OVENS: undefined });
  expect(config).toMatchObject({ PORT: 2222, OVENS: 3, SERVICE_NAME: "from-file" });
  expect(config.tracing).toMatchObject({ serviceName: "from-file", environment: "staging" });
});

test("a variable set to blank has its default, whatever .env says", async () => {
  await writeFile(join(cwd, ".env"), "PORT=1111\nOVENS=3\n");
  expect(load({ PORT: " ", OVENS: "" })).toMatchObject({ PORT: 50060, OVENS: 2 });
});

test("a service can have its own default for tracing, which a blank variable does not undo", () => {
  const own = { TRACE_TRUST_REMOTE: "ids" };
  expect(load({}, own).tracing.trustRemote).toBe("ids");
  expect(load({ TRACE_TRUST_REMOTE: "" }, own).tracing.trustRemote).toBe("ids");
  expect(load({ TRACE_TRUST_REMOTE: "none" }, own).tracing.trustRemote).toBe("none");
});

test("every fault is named at once, with its value and what to write, those of tracing too", () => {
  const faults = faultsOf({
    PORT: "70000",
    LOG_LEVEL: "loud",
    OVENS: "two",
    MILL_ADDRESS: "mill",
    TRACE_SAMPLE_RATE: "abc",
  });
  expect(faults).toHaveLength(5);
  expect(faults).toContain('PORT="70000": write a whole number from 0 to 65535');
  expect(faults).toContain('LOG_LEVEL="loud": write trace, debug, info, warn, error, fatal or silent');
  expect(faults).toContain('OVENS="two": write a whole number from 1 to 9');
  expect(faults).toContain('MILL_ADDRESS="mill": write HOST:PORT, such as 127.0.0.1:50052');
  expect(faults.find((fault) => fault.startsWith("TRACE_SAMPLE_RATE"))).toContain("abc");
});

test("a secret is not shown in the message about it", () => {
  const faults = faultsOf({ OVEN_KEY: "hunter2" });
  expect(faults).toEqual(["OVEN_KEY: write key-..."]);
});
