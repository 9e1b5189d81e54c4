import { expect, test } from "vitest";
import { parseSettings } from "../demo/settings.ts";
import { destinations, ownSentryDsn, serviceEnvironment } from "./environment.ts";

const viewer = { url: "http://127.0.0.1:4319", dsn: "http://dev@127.0.0.1:4319/1" };
const noFiles = { READ_ENV_FILES: "false" };

test("traces go to the viewer alone, unless a Sentry project is named", () => {
  expect(ownSentryDsn({ ...noFiles })).toBeUndefined();
  expect(ownSentryDsn({ ...noFiles, SENTRY_DSN: " " })).toBeUndefined();
  expect(destinations(viewer, undefined)).toEqual({ SENTRY_DSN: viewer.dsn });
  const dsn = ownSentryDsn({ ...noFiles, SENTRY_DSN: "https://key@sentry.example/7" });
  expect(destinations(viewer, dsn)).toEqual({
    SENTRY_DSN: "https://key@sentry.example/7",
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://127.0.0.1:4319/v1/traces",
  });
});

test("services find each other where .env.example says, or where they were put", () => {
  const environment = (...set: string[]) => serviceEnvironment("gateway", parseSettings(set), {}, {});
  expect(environment()).toMatchObject({
    PORT: "8080",
    LEDGER_ADDRESS: "127.0.0.1:50051",
    TREASURY_ADDRESS: "127.0.0.1:50052",
    PAYROLL_ADDRESS: "127.0.0.1:50053",
    ENVIRONMENT: "development",
    TRACE_SAMPLE_RATE: "1",
  });
  expect(environment("ledger:PORT=6001", "gateway:TRACE_SAMPLE_RATE=0.5")).toMatchObject({
    LEDGER_ADDRESS: "127.0.0.1:6001",
    TRACE_SAMPLE_RATE: "0.5",
  });
});

test("a proxy is for other machines only", () => {
  const proxied = (inherited: Record<string, string>) =>
    serviceEnvironment("ledger", parseSettings([]), {}, inherited);
  expect(proxied({})).toMatchObject({ NO_PROXY: "127.0.0.1", no_proxy: "127.0.0.1" });
  expect(proxied({ NO_PROXY: "*.internal" })).toMatchObject({ NO_PROXY: "*.internal,127.0.0.1" });
});
