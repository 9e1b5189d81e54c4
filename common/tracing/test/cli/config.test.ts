import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { TRACING_VARIABLES } from "../../src/config/variables.ts";
import { emptyFolder, runCli } from "./harness/run-cli.ts";

interface Explained {
  readonly ok: boolean;
  readonly settings: readonly { variable: string; value: string; source: string }[];
  readonly faults: readonly { name: string; message: string }[];
}

async function explain(env: Record<string, string>, cwd = emptyFolder(), args: string[] = []) {
  const { code, stdout } = await runCli(["config", "--json", ...args], env, cwd);
  const explained = JSON.parse(stdout) as Explained;
  return {
    code,
    explained,
    of: (name: string) => {
      const { value, source } = explained.settings.find(({ variable }) => variable === name) ?? {};
      return [value, source];
    },
  };
}

test("every setting is there, with its value and where it comes from", async () => {
  const cwd = emptyFolder();
  writeFileSync(join(cwd, ".env"), "TRACE_SAMPLE_RATE=0.5\nTRACE_KEEP_SLOW_MS=250\nSERVICE_VERSION=2.0.0\n");
  const { code, explained, of } = await explain({ TRACE_SAMPLE_RATE: "1", SERVICE_NAME: "ledger" }, cwd);
  expect(code).toBe(0);
  expect(explained.settings.map(({ variable }) => variable)).toEqual(Object.keys(TRACING_VARIABLES));
  expect(of("TRACE_SAMPLE_RATE")).toEqual(["1", "environment"]);
  expect(of("TRACE_KEEP_SLOW_MS")).toEqual(["250", join(cwd, ".env")]);
  expect(of("TRACE_SERVICE_NAME")).toEqual(["ledger", "SERVICE_NAME (environment)"]);
  expect(of("TRACE_SERVICE_VERSION")).toEqual(["2.0.0", `SERVICE_VERSION (${join(cwd, ".env")})`]);
  expect(of("TRACE_ENVIRONMENT")).toEqual(["development", "default"]);
  expect(of("TRACE_KEEP_ERRORS")).toEqual(["true", "default"]);
  expect(of("TRACE_PROPAGATION_TARGETS")).toEqual(["*", "default"]);
});

test("another file and a name in code count as they would in a service", async () => {
  const cwd = emptyFolder();
  writeFileSync(join(cwd, "production.env"), "TRACE_SAMPLE_RATE=0.02\n");
  const file = join(cwd, "production.env");
  const { of } = await explain({}, cwd, ["--env-file", file, "--service", "treasury"]);
  expect(of("TRACE_SAMPLE_RATE")).toEqual(["0.02", file]);
  expect(of("TRACE_SERVICE_NAME")).toEqual(["treasury", "serviceName in code"]);
});

test("no secret is printed, in whatever variable it stands", async () => {
  const key = "0123456789abcdef0123456789abcdef";
  const secrets = {
    SENTRY_DSN: `https://${key}:${key}@o1.ingest.sentry.io/42`,
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "https://collector.example/v1/traces",
    OTEL_EXPORTER_OTLP_TRACES_HEADERS: `x-key=${key},x-tenant=${key}`,
    OTEL_EXPORTER_OTLP_HEADERS: key,
    TRACE_SANITIZE_HASH_KEY: key,
    TRACE_SERVICE_NAME: `https://${key}@o1.ingest.sentry.io/42`,
  };
  for (const args of [["config"], ["config", "--json"], ["doctor"], ["doctor", "--json"]]) {
    const { stdout, stderr } = await runCli(args, secrets);
    expect(stdout + stderr).not.toContain(key.slice(0, 8));
    expect(stdout).toContain("o1.ingest.sentry.io");
  }
  const { of } = await explain(secrets);
  expect(of("OTEL_EXPORTER_OTLP_TRACES_HEADERS")[0]).toBe("x-key=[Filtered],x-tenant=[Filtered]");
});

test("faults are told below the table, and the exit code says so", async () => {
  const { code, explained } = await explain({ TRACE_SAMPLE_RATE: "1%", TRACE_TRUST_REMOTE: "some" });
  expect({ code, ok: explained.ok }).toEqual({ code: 1, ok: false });
  expect(explained.faults.map(({ name }) => name)).toEqual(["TRACE_SAMPLE_RATE", "TRACE_TRUST_REMOTE"]);
  const { stdout } = await runCli(["config"], { TRACE_SAMPLE_RATE: "1%" });
  expect(stdout).toContain('✗ TRACE_SAMPLE_RATE is "1%"; write a number from 0 to 1, such as 0.01 for 1%');
});

test("a value cannot command the terminal", async () => {
  const settings = {
    TRACE_SERVICE_NAME: "ledger\u001b]0;title\u0007\u202e",
    TRACE_TRUST_REMOTE: "\u001b[2J",
  };
  const { stdout } = await runCli(["config"], settings);
  expect(stdout).toContain("ledger?]0;title??");
  const { stdout: ofDoctor } = await runCli(["doctor"], { ...settings, TRACE_TRUST_REMOTE: "ids" });
  expect(ofDoctor).toContain("for the service ledger?]0;title??");
  expect((stdout + ofDoctor).replaceAll("\n", "")).not.toMatch(/[\p{Cc}\u202e]/u);
});
