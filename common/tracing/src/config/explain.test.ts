import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { explainTracingConfig, loadTracingConfig } from "./index.ts";

const cwd = mkdtempSync(join(tmpdir(), "tracekeep-explain-"));
afterAll(() => rmSync(cwd, { recursive: true }));

const sourceOf = (options: Parameters<typeof explainTracingConfig>[0], variable: string) =>
  explainTracingConfig(options).settings.find((setting) => setting.variable === variable);

test("the source that is told is the one that counts", () => {
  writeFileSync(join(cwd, ".env"), "TRACE_KEEP_SLOW_MS=2\n");
  const defaults = { TRACE_KEEP_SLOW_MS: "1" };
  const env = { TRACE_KEEP_SLOW_MS: "3" };
  const overrides = { TRACE_KEEP_SLOW_MS: "4" };
  for (const [options, value, source] of [
    [{ env: {}, cwd: "/" }, "0", "default"],
    [{ env: {}, cwd: "/", defaults }, "1", "defaults in code"],
    [{ env: {}, cwd, defaults }, "2", join(cwd, ".env")],
    [{ env, cwd, defaults }, "3", "environment"],
    [{ env, cwd, defaults, overrides }, "4", "overrides in code"],
  ] as const) {
    expect(sourceOf(options, "TRACE_KEEP_SLOW_MS")).toMatchObject({ value, source });
    expect(loadTracingConfig(options).keep.slowMs).toBe(Number(value));
  }
});

test("an empty variable hides no other source", () => {
  const options = {
    env: { SENTRY_DSN: " " },
    cwd: "/",
    defaults: { SENTRY_DSN: "https://k@sentry.example/1" },
  };
  expect(sourceOf(options, "SENTRY_DSN")).toMatchObject({ source: "defaults in code" });
});

test("a file that is given instead of .env has to be there", () => {
  writeFileSync(join(cwd, "other.env"), "TRACE_SAMPLE_RATE=0.3\n");
  expect(loadTracingConfig({ env: {}, envFile: join(cwd, "other.env"), cwd }).sampleRate).toBe(0.3);
  const envFile = join(cwd, "gone.env");
  expect(() => loadTracingConfig({ env: {}, envFile })).toThrow(
    expect.objectContaining({ code: "INVALID_CONFIG", message: `The file ${envFile} is not there.` }),
  );
});

test("header values and broken DSNs are masked, and so are headers without a name", () => {
  const env = { OTEL_EXPORTER_OTLP_HEADERS: "x-key=abcdefgh, abcdefgh", SENTRY_DSN: "abcdefgh" };
  const { settings, faults, config } = explainTracingConfig({ env, cwd: "/" });
  expect(JSON.stringify({ settings, faults })).not.toContain("abcdefgh");
  expect(sourceOf({ env, cwd: "/" }, "OTEL_EXPORTER_OTLP_HEADERS")?.value).toBe(
    "x-key=[Filtered],[Filtered]",
  );
  expect([config, faults.length > 0]).toEqual([undefined, true]);
});

test("the release is TRACE_SERVICE_VERSION, then SENTRY_RELEASE, then what the code says, then SERVICE_VERSION", () => {
  let env: Record<string, string> = {};
  const told = (options: object = {}) => {
    const all = { env, cwd: "/", ...options };
    const { value, source } = sourceOf(all, "TRACE_SERVICE_VERSION") ?? {};
    expect(value).toBe(loadTracingConfig(all).serviceVersion);
    return [value, source];
  };
  expect(told()).toEqual(["0.0.0", "default"]);
  env = { SERVICE_VERSION: "1" };
  expect(told()).toEqual(["1", "SERVICE_VERSION (environment)"]);
  expect(told({ serviceVersion: "2" })).toEqual(["2", "serviceVersion in code"]);
  env = { ...env, SENTRY_RELEASE: "3" };
  expect(told({ serviceVersion: "2" })).toEqual(["3", "SENTRY_RELEASE (environment)"]);
  env = { ...env, TRACE_SERVICE_VERSION: "4" };
  expect(told({ serviceVersion: "2" })).toEqual(["4", "environment"]);
});

test.each([
  ["TRACE_ENVIRONMENT", "SENTRY_ENVIRONMENT", "environment", "ENVIRONMENT"],
  ["TRACE_SERVICE_NAME", "OTEL_SERVICE_NAME", "serviceName", "SERVICE_NAME"],
] as const)("%s beats %s, which beats what the code says", (own, theirs, option, last) => {
  const all = (env: Record<string, string>) => ({ env, cwd: "/", [option]: "code" });
  const told = (env: Record<string, string>) => {
    const { value, source } = sourceOf(all(env), own) ?? {};
    expect(value).toBe(loadTracingConfig(all(env))[option]);
    return [value, source];
  };
  expect(told({ [last]: "last" })).toEqual(["code", `${option} in code`]);
  expect(told({ [last]: "last", [theirs]: "theirs" })).toEqual(["theirs", `${theirs} (environment)`]);
  expect(told({ [theirs]: "theirs", [own]: "own" })).toEqual(["own", "environment"]);
});

test("an empty name in code counts as none", () => {
  const all = {
    env: { SERVICE_NAME: "last", ENVIRONMENT: "qa" },
    cwd: "/",
    serviceName: "",
    environment: " ",
    serviceInstanceId: "",
  };
  const config = loadTracingConfig(all);
  expect(config).toMatchObject({ serviceName: "last", environment: "qa", serviceInstanceId: undefined });
  expect(sourceOf(all, "TRACE_SERVICE_NAME")).toMatchObject({ source: "SERVICE_NAME (environment)" });
});
