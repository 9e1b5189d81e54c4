import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { ConfigError, loadConfig } from "./load.ts";
import { maskCredentials } from "./printable.ts";
import { grpcAddress, list, wholeNumber } from "./variables.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tracekeep-config-"));
});
afterEach(() => rm(folder, { recursive: true }));

const defaults = { SERVICE_NAME: "bakery", SERVICE_VERSION: "1.2.3", PORT: "50060" };

function load(env: Record<string, string | undefined>, more: Record<string, string> = {}) {
  return loadConfig({
    env,
    folder,
    defaults: { ...defaults, ...more },
    variables: {
      OVENS: wholeNumber(1, 9).default(2),
      MILL_ADDRESS: grpcAddress().default("127.0.0.1:50061"),
      GRAINS: list().default(["rye"]),
      OVEN_CODE: z.string().startsWith("code-", "write code-...").optional(),
      SUPPLIER_URL: z.url().optional(),
    },
    secrets: ["OVEN_CODE"],
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
  await writeFile(join(folder, ".env"), "PORT=1111\nOVENS=3\nSERVICE_NAME=from-file\nENVIRONMENT=staging\n");
  const config = load({ PORT: "2222", OVENS: undefined });
  expect(config).toMatchObject({ PORT: 2222, OVENS: 3, SERVICE_NAME: "from-file" });
  expect(config.tracing).toMatchObject({ serviceName: "from-file", environment: "staging" });
});

test("a variable set to blank has its default, whatever .env says", async () => {
  await writeFile(join(folder, ".env"), "PORT=1111\nOVENS=3\n");
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
    METRICS_PORT: "on",
    MILL_ADDRESS: "mill",
    TRACE_SAMPLE_RATE: "abc",
  });
  expect(faults).toHaveLength(6);
  expect(faults).toContain('METRICS_PORT="on": write a whole number from 0 to 65535');
  expect(faults).toContain('PORT="70000": write a whole number from 0 to 65535');
  expect(faults).toContain('LOG_LEVEL="loud": write trace, debug, info, warn, error, fatal or silent');
  expect(faults).toContain('OVENS="two": write a whole number from 1 to 9');
  expect(faults).toContain('MILL_ADDRESS="mill": write HOST:PORT, such as 127.0.0.1:50052');
  expect(faults.find((fault) => fault.startsWith("TRACE_SAMPLE_RATE"))).toContain("abc");
});

test("of the time to stop a fifth is left to callers, at most two seconds, unless it is set", () => {
  expect(load({}).SHUTDOWN_GRACE_MS).toBe(2_000);
  expect(load({ SHUTDOWN_TIMEOUT_MS: "400" }).SHUTDOWN_GRACE_MS).toBe(80);
  expect(load({ SHUTDOWN_TIMEOUT_MS: "600000" }).SHUTDOWN_GRACE_MS).toBe(2_000);
  expect(load({ SHUTDOWN_GRACE_MS: "0" }).SHUTDOWN_GRACE_MS).toBe(0);
});

test("times that do not fit together are named along with every other fault", () => {
  const times = { SHUTDOWN_GRACE_MS: "500", SHUTDOWN_TIMEOUT_MS: "400" };
  const fault = 'SHUTDOWN_GRACE_MS="500": write less than SHUTDOWN_TIMEOUT_MS';
  expect(faultsOf(times)).toEqual([fault]);
  const faults = faultsOf({
    ...times,
    PORT: "many",
    LOG_LEVEL: "loud",
    OVENS: "two",
    TRACE_SAMPLE_RATE: "abc",
  });
  expect(faults).toHaveLength(5);
  expect(faults).toContain(fault);
  expect(faultsOf({ ...times, SHUTDOWN_TIMEOUT_MS: "soon" })).toHaveLength(1);
});

test("READ_ENV_FILES=false leaves .env unread, that of tracing too", async () => {
  await writeFile(join(folder, ".env"), "PORT=1111\nTRACE_SAMPLE_RATE=0.5\n");
  expect(load({ READ_ENV_FILES: "true" })).toMatchObject({ PORT: 1111, tracing: { sampleRate: 0.5 } });
  expect(load({ READ_ENV_FILES: "false" })).toMatchObject({ PORT: 50060, tracing: { sampleRate: 0.01 } });
  expect(faultsOf({ READ_ENV_FILES: "no" })).toEqual(['READ_ENV_FILES="no": write true or false']);
});

test("the service's .env beats the one in the root of its repository, which beats the defaults", async () => {
  const service = join(folder, "services", "bakery");
  await mkdir(service, { recursive: true });
  await writeFile(join(folder, "package.json"), '{"workspaces": ["services/*"]}');
  await writeFile(join(service, "package.json"), '{"name": "bakery"}');
  await writeFile(join(folder, ".env"), "PORT=1111\nOVENS=3\nTRACE_SAMPLE_RATE=0.5\nENVIRONMENT=staging\n");
  await writeFile(join(service, ".env"), "OVENS=4\nENVIRONMENT=\n");
  const config = loadConfig({
    env: { TRACE_SAMPLE_RATE: "0.25" },
    folder: service,
    defaults,
    variables: { OVENS: wholeNumber(1, 9).default(2) },
  });
  expect(config).toMatchObject({ PORT: 1111, OVENS: 4, ENVIRONMENT: "development" });
  expect(config.tracing).toMatchObject({ sampleRate: 0.25, environment: "development" });
});

test("tracing does not find again in .env what a blank variable hides", async () => {
  await writeFile(
    join(folder, ".env"),
    "SENTRY_DSN=https://0123456789abcdef0123456789abcdef@acme.example/1\n",
  );
  expect(load({}).tracing.sentryDsn).toBeDefined();
  expect(load({ SENTRY_DSN: "" }).tracing.sentryDsn).toBeUndefined();
});

test("labels and lists are written on one line", () => {
  const config = load({ LABELS: "team=payments, tier = 1,", GRAINS: "rye, oat,,spelt" });
  expect(config.LABELS).toEqual({ team: "payments", tier: "1" });
  expect(config.GRAINS).toEqual(["rye", "oat", "spelt"]);
  expect(load({})).toMatchObject({ LABELS: {}, GRAINS: ["rye"] });
});

test.each(["payments", "team=", "=payments", "team=a,team=b"])("labels such as %s are refused", (LABELS) => {
  expect(faultsOf({ LABELS })).toEqual([
    `LABELS="${LABELS}": write NAME=VALUE pairs separated by commas, such as team=payments,tier=1`,
  ]);
});

test("a secret is not shown in the message about it, nor one that is in the wrong variable", () => {
  expect(faultsOf({ OVEN_CODE: "hunter2" })).toEqual(["OVEN_CODE: write code-..."]);
  const [fault] = faultsOf({ OVENS: "postgres://baker:hunter2@db/bakery?password=hunter3" });
  expect(fault).toBe('OVENS="postgres://***@db/bakery?***": write a whole number from 1 to 9');
});

test("a login is not shown, nor taken, where there is no URL", () => {
  expect(faultsOf({ MILL_ADDRESS: "baker:hunter2@mill" })).toEqual([
    'MILL_ADDRESS="***@mill": write HOST:PORT, such as 127.0.0.1:50052',
  ]);
  expect(faultsOf({ OVENS: "baker:hunter2 hunter3@mill" })).toEqual([
    'OVENS="***@mill": write a whole number from 1 to 9',
  ]);
  expect(faultsOf({ MILL_ADDRESS: "baker:hunter2@mill:50061" })).toEqual([
    'MILL_ADDRESS="***@mill:50061": write HOST:PORT, such as 127.0.0.1:50052',
  ]);
  const { printable } = load({
    INSTANCE_ID: "baker:hunter2@mill",
    LABELS: "team=rye,owner=baker:hunter2@mill",
  });
  expect(printable).toMatchObject({ INSTANCE_ID: "***@mill", LABELS: '{"team":"rye","owner":"***@mill"}' });
});

test("the configuration can be shown: every setting with its value, without secrets", () => {
  const { printable } = load({
    OVENS: "7",
    OVEN_CODE: "code-hunter2",
    SUPPLIER_URL: "https://baker:hunter2@mill.example/order?token=hunter3",
    SENTRY_DSN: "https://0123456789abcdef0123456789abcdef@acme.example/1",
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://127.0.0.1:4318/v1/traces",
    OTEL_EXPORTER_OTLP_TRACES_HEADERS: "api-key=hunter2",
  });
  expect(printable).toMatchObject({
    PORT: "50060",
    OVENS: "7",
    OVEN_CODE: "***",
    SUPPLIER_URL: "https://***@mill.example/order?***",
    "tracing.sampleRate": "0.01",
    "tracing.sentryDsn": expect.stringContaining("acme.example"),
    "tracing.otlp.headers": '["api-key"]',
  });
  expect(JSON.stringify(printable)).not.toMatch(/hunter|0123456789abcdef/);
});

test.each(["12#hunter2", "hunter2 hunter2", "hunter2/hunter2", "hunter2?hunter2", "hunter2@hunter2"])(
  "a password such as %s stays out, whatever it holds",
  (password) => {
    expect(maskCredentials(`postgres://baker:${password}@mill.example/order`)).toBe(
      "postgres://***@mill.example/order",
    );
  },
);

test.each([
  "SMTP_PASS",
  "PGPASSWORD",
  "REDIS_PWD",
  "STRIPE_APIKEY",
  "WEBHOOK_SECRETS",
  "AUTH_TOKENS",
  "API_KEYS",
  "DATABASE_URL",
  "JWT",
  "BASIC_AUTH",
])("a variable that is called %s is a secret, whether it is listed or not", (name) => {
  const load = (schema: z.ZodType) => () =>
    loadConfig({
      folder: import.meta.dirname,
      variables: { [name]: schema },
      defaults: { SERVICE_NAME: "bakery", SERVICE_VERSION: "1.2.3", PORT: "50060" },
      env: { [name]: "hunter2" },
    });
  expect(load(z.string())().printable[name]).toBe("***");
  expect(load(z.url())).toThrow(expect.objectContaining({ message: expect.not.stringContaining("hunter2") }));
});
