import { loadTracingConfig, startTracing, withSpan } from "tracekeep";
import { expect, test } from "vitest";
import { createLogger } from "./logger.ts";

const config = { SERVICE_NAME: "bakery", SERVICE_VERSION: "1.2.3", ENVIRONMENT: "test" };

function capture() {
  const lines: Record<string, unknown>[] = [];
  return { lines, write: (line: string) => void lines.push(JSON.parse(line)) };
}

test("a line is JSON and says who wrote it", () => {
  const output = capture();
  createLogger({ ...config, LOG_LEVEL: "info" }, output).info({ loaves: 3 }, "baked");
  expect(output.lines).toMatchObject([
    { level: "info", msg: "baked", loaves: 3, service: "bakery", version: "1.2.3", environment: "test" },
  ]);
  expect(output.lines[0]).not.toHaveProperty("trace_id");
});

test("lines below the level are left out", () => {
  const output = capture();
  const logger = createLogger({ ...config, LOG_LEVEL: "warn" }, output);
  logger.info("quiet");
  logger.warn("loud");
  expect(output.lines.map(({ msg }) => msg)).toEqual(["loud"]);
});

test("a line written inside a span carries the ids of the span", async () => {
  const tracing = startTracing(loadTracingConfig({ env: {} }));
  const output = capture();
  const logger = createLogger({ ...config, LOG_LEVEL: "info" }, output);
  const context = await withSpan("bake", async (span) => {
    await Promise.resolve();
    logger.info("in the oven");
    return span.spanContext();
  });
  await tracing.shutdown();
  expect(output.lines).toMatchObject([{ trace_id: context.traceId, span_id: context.spanId }]);
});
