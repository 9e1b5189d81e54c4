import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { withSpan } from "../src/index.ts";
import { startIntake, type TestIntake } from "./harness/intake.ts";
import { startTestTracing } from "./harness/probe.ts";

let intake: TestIntake;
beforeEach(async () => {
  intake = await startIntake();
});
afterEach(() => intake.close());

test("forceFlush ends though new spans keep coming", async () => {
  const slow = createServer((request, response) => {
    request.resume().on("end", () => setTimeout(() => response.end(), 50));
  });
  await new Promise<void>((resolve) => slow.listen(0, "127.0.0.1", resolve));
  const { port } = slow.address() as AddressInfo;
  const tracing = startTestTracing(intake, { SENTRY_DSN: `http://key@127.0.0.1:${port}/1` });
  const load = setInterval(() => withSpan("another", () => {}), 5);
  await delay(100);
  const result = await Promise.race([tracing.forceFlush().then(() => "done"), delay(1_000, "not done")]);
  clearInterval(load);
  expect(result).toBe("done");
  await tracing.shutdown();
  slow.closeAllConnections();
  slow.close();
});

test("forceFlush sends all spans that wait at its call, in as many requests as it takes", async () => {
  const tracing = startTestTracing(intake, {
    TRACE_EXPORT_INTERVAL_MS: "60000",
    TRACE_EXPORT_BATCH_BYTES: "4096",
  });
  for (let i = 0; i < 40; i++) withSpan("a span", { attributes: { note: "x".repeat(500) } }, () => {});
  await tracing.forceFlush();
  expect(intake.spans).toHaveLength(40);
  expect(intake.requests.length).toBeGreaterThan(4);
  await tracing.shutdown();
});

test.each([429, 503])("while status %d and Retry-After hold, forceFlush makes no request", async (status) => {
  intake.answer = { status, headers: { "retry-after": "60" } };
  const tracing = startTestTracing(intake);
  for (let i = 0; i < 5; i++) {
    withSpan("waits", () => {});
    await tracing.forceFlush();
  }
  expect(intake.requests).toHaveLength(1);
  await tracing.shutdown(100);
});
