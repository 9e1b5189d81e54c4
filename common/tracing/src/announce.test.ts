import { expect, test } from "vitest";
import { collectLog } from "../test/harness/probe.ts";
import { announce } from "./announce.ts";
import { loadTracingConfig } from "./config/index.ts";

function said(env: Record<string, string>) {
  const { lines, logger } = collectLog();
  announce(loadTracingConfig({ env, cwd: "/" }), logger, { metrics: false, ownLogger: true });
  return lines.map(({ level, message }) => [level, message]);
}

const SENTRY_DSN = "https://0123456789abcdef@sentry.example/42";
const STARTED = ["info", "tracing started"];

test("where nothing can arrive, one line says so and what to do", () => {
  expect(said({ TRACE_SAMPLE_RATE: "0", TRACE_KEEP_ERRORS: "false" })).toEqual([
    [
      "info",
      "tracing started; SENTRY_DSN is empty, so no spans are sent: set it, or OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    ],
  ]);
  expect(said({ SENTRY_DSN, TRACE_SAMPLE_RATE: "0", TRACE_KEEP_ERRORS: "false" })).toEqual([
    [
      "warn",
      "TRACE_SAMPLE_RATE is 0 and TRACE_KEEP_ERRORS is false, so no trace that begins here is sent: set one of them",
    ],
    STARTED,
  ]);
});

test.each([
  { SENTRY_DSN },
  { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318" },
  { SENTRY_DSN, TRACE_SAMPLE_RATE: "0" },
  { SENTRY_DSN, TRACE_KEEP_ERRORS: "false" },
  { SENTRY_DSN, TRACE_SAMPLE_RATE: "0", TRACE_KEEP_ERRORS: "false", TRACE_KEEP_SLOW_MS: "100" },
])("where something can arrive, nothing is said of it: %o", (env) => {
  expect(said(env)).toEqual([STARTED]);
});
