import { runToExit, startService } from "@tracekeep/service/testing";
import { expect, test } from "vitest";
import { mainOf } from "../harness/stack.ts";
import { SETTINGS } from "./harness/planted.ts";
import { Written } from "./harness/written.ts";

const { dsnKey, collectorKey, collectorToken, databasePassword, proxyPassword } = SETTINGS;
const SERVICES = ["gateway", "payroll", "ledger", "treasury"] as const;

const dsn = `https://${dsnKey}@sentry.example/4711`;
const database = `postgres://app:${databasePassword}@vault.example/4711`;

test.each(SERVICES)(
  "a %s whose configuration is faulty names the faults without the secrets in them",
  async (service) => {
    using written = new Written();
    const faulty = {
      SENTRY_DSN: `https://${dsnKey}@sentry.example/not-a-project`,
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "collector.example",
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: collectorKey,
      DATABASE_URL: `mysql://app:${databasePassword}@vault.example/4711`,
      // Each in a variable that is meant for something else.
      TRACE_SAMPLE_RATE: dsn,
      TRACE_METHOD_RULES: dsn,
      TRACE_PROPAGATION_TARGETS: dsn,
      TRACE_EXPORT_TIMEOUT_MS: `Bearer ${collectorToken}`,
      LOG_LEVEL: database,
      PORT: database,
      TREASURY_ADDRESS: database,
      LABELS: database,
    };
    expect((await runToExit(mainOf(service), faulty)).code).toBe(1);
    expect(
      written.missing([...Object.keys(faulty).slice(0, 3), "TRACE_SAMPLE_RATE", "***@vault.example"]),
    ).toEqual([]);
    expect(written.findings()).toEqual([]);
  },
);

test.each(["payroll", "ledger", "treasury"] as const)(
  "a %s that cannot reach its database tells it without the password",
  async (service) => {
    using written = new Written();
    const settings = {
      DATABASE_URL: `postgres://app:${databasePassword}@127.0.0.1:9/4711`,
      DATABASE_CONNECT_TIMEOUT_MS: "0",
      LOG_LEVEL: "trace",
      // Misspelt: it is warned of.
      SENTRY_DNS: dsn,
    };
    expect((await runToExit(mainOf(service), settings)).code).toBe(1);
    expect(written.missing(["ECONNREFUSED 127.0.0.1:9", "SENTRY_DNS"])).toEqual([]);
    expect(written.findings()).toEqual([]);
  },
);

test("a proxy that cannot be reached is told of without its password", async () => {
  using written = new Written();
  const treasury = await startService(mainOf("treasury"), {
    SENTRY_DSN: `http://${dsnKey}@sentry.example/4711`,
    HTTP_PROXY: `http://app:${proxyPassword}@127.0.0.1:9`,
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://collector.example",
    OTEL_EXPORTER_OTLP_TRACES_HEADERS: `x-collector-key=${collectorKey}`,
    TRACE_METHOD_RULES: "*=always",
    LOG_LEVEL: "trace",
  });
  const answer = await fetch(`http://${treasury.address}`).catch((error: unknown) => error);
  expect(answer).toBeInstanceOf(Error);
  await treasury.stop();
  expect(written.missing(["sentry.example", "tracing stopped"])).toEqual([]);
  expect(written.findings()).toEqual([]);
});
