import { Client, Server } from "@grpc/grpc-js";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  continueTrace,
  loadTracingConfig,
  startTracing,
  TracekeepError,
  type Tracing,
  withSpan,
} from "../src/index.ts";
import { startIntake, type TestIntake } from "./harness/intake.ts";
import { collectLog, startTestTracing } from "./harness/probe.ts";

/** What code that is not type-checked may do. */
type Loose = (...args: unknown[]) => unknown;

let intake: TestIntake;
let tracing: Tracing;
let log: ReturnType<typeof collectLog>;
beforeEach(async () => {
  intake = await startIntake();
  log = collectLog();
  tracing = startTestTracing(intake, {}, log.logger);
});
afterEach(async () => {
  await tracing.shutdown();
  await intake.close();
});

test.each([
  [
    "startTracing without a configuration",
    () => (startTracing as Loose)(),
    "startTracing needs a configuration; make one with loadTracingConfig().",
  ],
  [
    "startTracing with something else",
    () => (startTracing as Loose)({}),
    "startTracing needs a configuration; make one with loadTracingConfig().",
  ],
  ["withSpan without a function", () => (withSpan as Loose)("x"), "withSpan was given no function to run"],
  [
    "an override that is no setting",
    () => (loadTracingConfig as Loose)({ overrides: { TRACE_SAMPLE: "0.9" } }),
    'The overrides name "TRACE_SAMPLE", which is not a setting.',
  ],
])("%s is refused with what to do", (_, call, message) => {
  expect(call).toThrow(TracekeepError);
  expect(call).toThrow(message);
});

test("functions run whatever is given beside them", () => {
  expect((withSpan as Loose)("x", { attributes: null, links: null }, () => 1)).toBe(1);
  expect((continueTrace as Loose)(null, { name: "x" }, () => 2)).toBe(2);
  expect((continueTrace as Loose)(undefined, { name: "x" }, () => 3)).toBe(3);
  expect((tracing.clientOptions as Loose)(null)).toHaveProperty("channelFactoryOverride");
});

test("an override may be a number or a boolean", () => {
  const config = (loadTracingConfig as Loose)({
    env: {},
    cwd: "/",
    overrides: { TRACE_SAMPLE_RATE: 0.9, TRACING_ENABLED: true },
  });
  expect(config).toMatchObject({ sampleRate: 0.9, enabled: true });
});

test.each([
  ["TRACE_SAMPLE_RATES", "TRACE_SAMPLE_RATE"],
  ["TRACE_SAMPLERATE", "TRACE_SAMPLE_RATE"],
  ["TRACING_ENABLE", "TRACING_ENABLED"],
  ["SENTRY_DNS", "SENTRY_DSN"],
  ["TRACE_ENABLED", "TRACING_ENABLED"],
  ["TRACEKEEP_ENABLED", "TRACING_ENABLED"],
  ["TRACE_SAMPLING_RATE", "TRACE_SAMPLE_RATE"],
  ["TRACING_SAMPLE_RATE", "TRACE_SAMPLE_RATE"],
  ["TRACES_SAMPLE_RATE", "TRACE_SAMPLE_RATE"],
  ["TRACE_KEEP_SLOW", "TRACE_KEEP_SLOW_MS"],
  ["TRACE_RECORDER", "TRACE_RECORDER_BYTES"],
  ["trace_sample_rate", "TRACE_SAMPLE_RATE"],
  ["sentry_dsn", "SENTRY_DSN"],
  ["SENTRY_ENVIROMENT", "SENTRY_ENVIRONMENT"],
  ["OTEL_EXPORTER_OTLP_TRACE_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"],
  ["OTEL_EXPORTER_OLTP_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"],
  ["OTEL_EXPORTER_OTPL_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"],
  ["SENTY_DSN", "SENTRY_DSN"],
])("a variable %s is warned of", (name, meant) => {
  const { warnings } = loadTracingConfig({ env: { [name]: "1" }, cwd: "/" });
  expect(warnings).toEqual([`${name} is not a setting and has no effect; did you mean ${meant}?`]);
});

test("variables of others are nobody's business", () => {
  const env = { TRACE_LEVEL: "x", SENTRY_ORG: "x", SENTRY_DIST: "1", SENTRY_RELEASE: "1", TRACER: "x" };
  const metrics = { OTEL_EXPORTER_OTLP_METRICS_TIMEOUT: "1", OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: "x" };
  expect(loadTracingConfig({ env: { ...metrics, OTEL_TRACES_SAMPLER: "x" }, cwd: "/" }).warnings).toEqual([]);
  expect(loadTracingConfig({ env, cwd: "/" }).warnings).toEqual([]);
});

test("a server without the interceptors is noticed when it is attached, one with them is not", () => {
  tracing.attach(new Server({ interceptors: tracing.serverInterceptors() }));
  expect(log.lines.filter(({ level }) => level === "warn")).toEqual([]);
  tracing.attach(new Server());
  expect(log.lines.filter(({ level }) => level === "warn").map(({ message }) => message)).toEqual([
    "A server was made without tracing.serverInterceptors(): its calls are not traced.",
  ]);
});

test("a client without credentials is refused by grpc-js while it is made, as without tracing", () => {
  for (const options of [{}, tracing.clientOptions()])
    expect(() => new Client("127.0.0.1:1", undefined as never, options)).toThrow(
      "Channel credentials must be a ChannelCredentials object",
    );
});

test("a channel factory that needs no credentials gets none", () => {
  const channel = { getTarget: () => "dns:probe", close() {} };
  const options = tracing.clientOptions({ channelFactoryOverride: () => channel as never });
  expect(() => new Client("probe", undefined as never, options).close()).not.toThrow();
});
