import { expect, test } from "vitest";
import { startSink } from "../processes/start.ts";
import { DIMENSIONS } from "./dimensions.ts";
import { growthOf, uptimeOf } from "./summaries.ts";
import { measureUptime, SAMPLES, type UptimeSample } from "./uptime.ts";

test.each([
  ["live", 100],
  ["record", 64 * 1_024],
  ["methods", 10],
] as const)("a request costs something with %s %d", async (name, size) => {
  await using sink = await startSink("intake");
  const dimension = DIMENSIONS.find((one) => one.name === name);
  const cost = await dimension?.measure(size, { requests: 500, dsn: sink.ready.dsn, sources: true });
  expect(cost).toBeGreaterThan(0);
});

test("a long run samples both services at equal numbers of requests", async () => {
  const samples = await measureUptime({ requests: 500, sources: true }, () => {});
  expect(samples).toHaveLength(2 * SAMPLES);
  expect(samples.at(-1)).toMatchObject({ variant: "tracekeep-1", requests: 500 });
  for (const { cpuPerRequest, rss, heap } of samples)
    expect(Math.min(cpuPerRequest, rss, heap)).toBeGreaterThan(0);
});

test("growth is the ratio to the smallest size in the same round", () => {
  const sizes = [
    { dimension: "live", size: 1, cpuPerRequest: 10 },
    { dimension: "live", size: 100_000, cpuPerRequest: 12 },
    { dimension: "live", size: 1, cpuPerRequest: 20 },
    { dimension: "live", size: 100_000, cpuPerRequest: 24 },
  ] as const;
  expect(growthOf(sizes, "live", 100_000)?.median).toBeCloseTo(1.2);
  expect(growthOf(sizes, "methods", 1_000)).toBeUndefined();
});

test("a long run's growth is what the untraced service has not", () => {
  const run = (variant: string, cpu: (at: number) => number, rss: (at: number) => number): UptimeSample[] =>
    Array.from({ length: SAMPLES }, (_, at) => ({
      variant,
      requests: at + 1,
      cpuPerRequest: cpu(at / SAMPLES),
      rss: rss(at / SAMPLES),
      heap: 15,
    }));
  // The machine becomes slower, and both grow by 10 MB; the traced one by 20 MB more.
  const untraced = run(
    "untraced",
    (at) => 100 + 50 * at,
    (at) => 80 + 10 * at,
  );
  const flat = run(
    "tracekeep-1",
    (at) => 110 + 55 * at,
    (at) => 110 + 30 * at,
  );
  const summary = uptimeOf([...untraced, ...flat]);
  expect(summary?.cost).toBeCloseTo(1);
  expect(summary?.rss).toBeCloseTo(20 * 0.7, 0);
  expect(summary?.heap).toBe(0);
  const slower = run(
    "tracekeep-1",
    (at) => (110 + 55 * at) * (1 + at),
    () => 100,
  );
  expect(uptimeOf([...untraced, ...slower])?.cost).toBeGreaterThan(1.4);
  expect(uptimeOf([])).toBeUndefined();
});
