import { trace } from "@opentelemetry/api";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Logger, loadTracingConfig, startTracing, type Tracing } from "../src/index.ts";
import { startIntake, type TestIntake } from "./harness/intake.ts";
import { collectLog, type LoggedLine } from "./harness/probe.ts";

let intake: TestIntake;
let tracing: Tracing | undefined;
beforeEach(async () => {
  intake = await startIntake();
});
afterEach(async () => {
  await tracing?.shutdown(100);
  await intake.close();
});

function start(env: Record<string, string>, more: Partial<Logger> = {}): readonly LoggedLine[] {
  const { lines, logger } = collectLog();
  const config = loadTracingConfig({
    env: { SENTRY_DSN: intake.dsn, TRACE_SAMPLE_RATE: "1", TRACE_EXPORT_INTERVAL_MS: "10", ...env },
    cwd: "/",
  });
  tracing = startTracing(config, { logger: { ...logger, ...more } });
  return lines;
}

function eventsIn(lines: readonly LoggedLine[]): unknown[] {
  return lines.map(({ level, fields }) => [level, (fields as { event?: string }).event]);
}

const DECISION = "tracekeep.sampling.decision";
const foreign = { traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" };

test("with debug on, each trace that begins here has a line on its sampling, and a continued one has none", () => {
  const lines = start({ TRACE_SAMPLE_RATE: "0" }, { isLevelEnabled: (level) => level === "debug" });
  tracing?.withSpan("outer", (span) => {
    tracing?.withSpan("inner", () => {});
    expect(lines.filter(({ level }) => level === "debug").map(({ fields }) => fields)).toEqual([
      {
        event: DECISION,
        traceId: span.spanContext().traceId,
        sampled: false,
        rate: 0,
        draw: expect.any(Number),
      },
    ]);
  });
  tracing?.continueTrace(foreign, { name: "GET /" }, () => {});
  expect(lines.filter(({ level }) => level === "debug")).toHaveLength(1);
});

test.each([
  ["off", () => false],
  ["not known", undefined],
  ["asked in vain", () => JSON.parse("{")],
])("with debug %s no line on sampling is made", (_, isLevelEnabled) => {
  const lines = start({}, isLevelEnabled === undefined ? {} : { isLevelEnabled });
  tracing?.withSpan("work", () => {});
  expect(eventsIn(lines)).not.toContainEqual(["debug", DECISION]);
});

test("a destination that is lost and comes back is told of once each, each retry at debug", async () => {
  const lines = start({});
  intake.answer = { status: 503 };
  tracing?.withSpan("work", () => {});
  await expect.poll(() => eventsIn(lines).filter((event) => isRetry(event)).length, POLL).toBeGreaterThan(1);
  intake.answer = { status: 200 };
  await expect.poll(() => eventsIn(lines), POLL).toContainEqual(["info", "tracekeep.destination.up"]);
  const told = lines.filter(({ level }) => level !== "debug").slice(1);
  expect(told.map(({ fields }) => fields)).toEqual([
    {
      event: "tracekeep.destination.down",
      destination: `sentry 127.0.0.1:${intake.port}`,
      fault: "503",
      retryInMs: expect.any(Number),
    },
    {
      event: "tracekeep.destination.up",
      destination: `sentry 127.0.0.1:${intake.port}`,
      downSeconds: expect.any(Number),
    },
  ]);
});

test("an error event that Sentry does not take is told of", async () => {
  const lines = start({});
  intake.answer = { status: 500 };
  expect(() =>
    tracing?.withSpan("fails", () => {
      throw new Error("broken");
    }),
  ).toThrow();
  await expect.poll(() => eventsIn(lines), POLL).toContainEqual(["info", "tracekeep.error_event.failed"]);
});

const POLL = { timeout: 10_000, interval: 20 };

function isRetry(event: unknown): boolean {
  return String(event) === "debug,tracekeep.export.retry";
}

test("an instrumentation that traces the same calls is told of once", () => {
  const lines = start({});
  for (let turn = 0; turn < 2; turn++) trace.getTracer("@opentelemetry/instrumentation-grpc");
  trace.getTracer("@opentelemetry/instrumentation-http");
  expect(eventsIn(lines).filter((each) => String(each).startsWith("warn"))).toEqual([
    ["warn", "tracekeep.traced_twice"],
  ]);
});
