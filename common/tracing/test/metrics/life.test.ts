import type { MeterProvider } from "@opentelemetry/api";
import { AggregationTemporality } from "@opentelemetry/sdk-metrics";
import { expect, test } from "vitest";
import { loadTracingConfig, startTracing } from "../../src/index.ts";
import { createTracingMetrics } from "../../src/metrics/index.ts";
import { createHeadSampler } from "../../src/sampling/index.ts";
import { collectLog } from "../harness/probe.ts";
import { startMetered } from "./harness/metered-tracing.ts";

const config = loadTracingConfig({ env: {}, cwd: "/" });

test("after shutdown nothing of tracing is collected any more", async () => {
  // With cumulative numbers the SDK repeats the last ones for ever.
  const { tracing, names } = startMetered({}, AggregationTemporality.DELTA);
  expect((await names()).length).toBeGreaterThan(15);
  await tracing.shutdown(100);
  expect(await names()).toEqual([]);
});

test("where nobody collects, nothing is wrapped, counted or listened to", () => {
  const metrics = createTracingMetrics(config, collectLog().logger);
  const sampler = createHeadSampler(0.5);
  expect(metrics.enabled).toBe(false);
  expect(metrics.counted(sampler)).toBe(sampler);
  expect(metrics.measure("sentry sentry.example")).toBeUndefined();
  metrics.start(() => {
    throw new Error("nobody reads this");
  });
  metrics.stop();
});

test("the start says whether metrics are on", async () => {
  const { lines, tracing } = startMetered({});
  const started = { event: "tracekeep.started", tracing: { metrics: "on" } };
  expect(lines.at(-1)?.fields).toMatchObject(started);
  await tracing.shutdown();
  const { lines: without, logger } = collectLog();
  await startTracing(config, { logger }).shutdown();
  expect(without[0]?.fields).toMatchObject({ tracing: { metrics: "off" } });
});

const failing = (): never => {
  throw new Error("the provider is broken");
};
const BROKEN: Record<string, MeterProvider> = {
  "throws nothing that is an error": {
    getMeter() {
      throw undefined;
    },
  },
  "gives no meter": { getMeter: failing },
  "makes no instruments": {
    getMeter: () => new Proxy({}, { get: () => failing }) as ReturnType<MeterProvider["getMeter"]>,
  },
};

test.each(Object.keys(BROKEN))(
  "a meter provider that %s does not keep a service from starting",
  async (kind) => {
    const { lines, logger } = collectLog();
    const tracing = startTracing(config, { logger, meterProvider: BROKEN[kind] as MeterProvider });
    expect(tracing.withSpan("work", () => 7)).toBe(7);
    await tracing.shutdown();
    const told = lines.filter(({ level }) => level === "warn").map(({ fields }) => fields);
    const error = expect.stringMatching(/^(the provider is broken|undefined)$/);
    expect(told).toEqual([{ event: "tracekeep.metrics.failed", error }]);
  },
);
