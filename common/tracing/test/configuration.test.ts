import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadTracingConfig, startTracing, withSpan } from "../src/index.ts";
import { startIntake, type TestIntake } from "./harness/intake.ts";
import { collectLog, probeClient, serveProbe } from "./harness/probe.ts";
import { fixture, runNode } from "./harness/run-node.ts";
import { callUnary, serveWire } from "./harness/wire.ts";

let folder: string;
let intake: TestIntake;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "tracekeep-"));
  intake = await startIntake();
});
afterEach(async () => {
  rmSync(folder, { recursive: true });
  await intake.close();
});

test.each([{}, { SENTRY_DSN: "" }, { SENTRY_DSN: "   " }])(
  "CFG-01: with %j the service runs, headers travel, nothing is sent, and one line says so",
  async (env) => {
    const { lines, logger } = collectLog();
    const config = loadTracingConfig({ env: { ...env, TRACE_SAMPLE_RATE: "1" }, cwd: folder });
    const tracing = startTracing(config, { logger });
    const wire = await serveWire();
    const below = probeClient(tracing, wire.address);
    const probe = await serveProbe(tracing, {
      unary: (_call, callback) => callUnary(below).then((response) => callback(null, response), callback),
    });
    const client = probeClient(tracing, probe.address);
    const { count } = await callUnary(client);
    expect(wire.headers(count).traceFlags).toBe("01");
    expect(tracing.stats().spans).toMatchObject({ ended: 3, open: 0 });
    expect(tracing.stats().export).toEqual({});
    expect(lines).toHaveLength(1);
    expect(lines[0]?.level).toBe("info");
    for (const each of [client, below]) each.close();
    for (const each of [wire, probe]) each.stop();
    await tracing.shutdown();
  },
);

test("CFG-01: without a logger, stderr has one line about an empty DSN, which is no warning, and none otherwise", async () => {
  const run = (env: Record<string, string>) => runNode(fixture("one-call.ts"), { cwd: folder, env });
  const empty = await run({});
  expect(empty.code).toBe(0);
  expect(empty.stderr).toMatch(
    /^tracekeep info: tracing started; SENTRY_DSN is empty, so no spans are sent: .*\n$/,
  );
  expect(await run({ SENTRY_DSN: intake.dsn })).toMatchObject({ code: 0, stderr: "" });
});

test("CFG-02: a DSN with quotes, spaces and a secret part is used all the same", async () => {
  const dsn = ` "${intake.dsn.replace("@", ":secretpart@")}"\n`;
  const tracing = startTracing(
    loadTracingConfig({ env: { SENTRY_DSN: dsn, TRACE_SAMPLE_RATE: "1" }, cwd: folder }),
  );
  withSpan("a span", () => {});
  await tracing.shutdown();
  expect(intake.spans).toHaveLength(1);
  expect(intake.requests[0]?.headers["x-sentry-auth"]).toBe("sentry sentry_key=publickey");
});

const loadHere = (env: Record<string, string> = {}, more: object = {}) =>
  loadTracingConfig({ env, cwd: folder, ...more });

test("CFG-05: .env is read at the call, not at the import, and process.env is left alone", () => {
  expect(loadHere().sampleRate).toBe(0.01);
  writeFileSync(join(folder, ".env"), 'TRACE_SAMPLE_RATE=0.5\nTRACE_SERVICE_NAME="from the file"\n');
  expect(loadHere()).toMatchObject({ sampleRate: 0.5, serviceName: "from the file" });
  expect(process.env).not.toHaveProperty("TRACE_SERVICE_NAME");
});

test("CFG-05: the environment beats .env, and overrides beat both", () => {
  writeFileSync(join(folder, ".env"), "TRACE_SAMPLE_RATE=0.5\nTRACE_ENVIRONMENT=file\n");
  const config = loadHere(
    { TRACE_SAMPLE_RATE: "0.25" },
    { defaults: { TRACE_SAMPLE_RATE: "0.75", TRACE_TRUST_REMOTE: "ids" } },
  );
  expect(config).toMatchObject({ sampleRate: 0.25, environment: "file", trustRemote: "ids" });
  expect(loadHere({ TRACE_SAMPLE_RATE: "0.25" }, { overrides: { TRACE_SAMPLE_RATE: "1" } }).sampleRate).toBe(
    1,
  );
});

test("CFG-05: only the .env of the working directory is read, not those above it", () => {
  const inner = join(folder, "inner");
  mkdirSync(inner);
  writeFileSync(join(folder, ".env"), "TRACE_SAMPLE_RATE=0.5\nTRACE_ENVIRONMENT=outer\n");
  writeFileSync(join(inner, ".env"), "TRACE_SAMPLE_RATE=0.25\n");
  expect(loadHere({}, { cwd: inner })).toMatchObject({ sampleRate: 0.25, environment: "development" });
});

test("CFG-05: a process reads the .env of the folder that it was started in", async () => {
  writeFileSync(join(folder, ".env"), `SENTRY_DSN=${intake.dsn}\nTRACE_SAMPLE_RATE=1\n`);
  const { code, stderr } = await runNode(fixture("one-call.ts"), { cwd: folder });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(intake.spans).toHaveLength(4);
});

test("CFG-05: a fault in .env is named like one in the environment", () => {
  writeFileSync(join(folder, ".env"), "TRACE_SAMPLE_RATE=1%\n");
  expect(() => loadHere()).toThrow("TRACE_SAMPLE_RATE");
});

test.each([
  ["as it is", "x-sentry-auth=sentry sentry_key=abc", { "x-sentry-auth": "sentry sentry_key=abc" }],
  [
    "percent-encoded",
    "x-sentry-auth=sentry%20sentry_key%3Dabc",
    { "x-sentry-auth": "sentry sentry_key=abc" },
  ],
  ["several, with empty pairs", " a = 1 ,, B=two==,", { a: "1", b: "two==" }],
  ["a percent sign that encodes nothing", "a=100%", { a: "100%" }],
])("CFG-06: headers for an OTLP endpoint, %s, arrive whole", async (_case, headers, arrived) => {
  const env = {
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `http://127.0.0.1:${intake.port}/v1/traces`,
    OTEL_EXPORTER_OTLP_TRACES_HEADERS: headers,
    TRACE_SAMPLE_RATE: "1",
  };
  const tracing = startTracing(loadHere(env));
  withSpan("a span", () => {});
  await tracing.shutdown();
  expect(intake.spans).toHaveLength(1);
  expect(intake.requests[0]?.path).toBe("/v1/traces");
  expect(intake.requests[0]?.headers).toMatchObject(arrived);
});

test("CFG-06: a key that is not accepted is said once, with the variable to look at and without the key", async () => {
  intake.answer = { status: 401 };
  const { lines, logger } = collectLog();
  const tracing = startTracing(loadHere({ SENTRY_DSN: intake.dsn, TRACE_SAMPLE_RATE: "1" }), { logger });
  for (let i = 0; i < 3; i++) {
    withSpan("a span", () => {});
    await tracing.forceFlush();
  }
  const warnings = lines.filter(({ level }) => level === "warn");
  expect(intake.requests).toHaveLength(3);
  expect(warnings).toHaveLength(1);
  expect(warnings[0]?.message).toContain("SENTRY_DSN");
  expect(JSON.stringify(lines)).not.toContain("publickey");
  await tracing.shutdown();
});
