import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { withSpan } from "../src/index.ts";
import { startIntake } from "./harness/intake.ts";
import { startTestTracing } from "./harness/probe.ts";

test("an endpoint that is overloaded and says Retry-After: 0 is not hammered, and gets everything once it is well", async () => {
  const intake = await startIntake();
  intake.answer = { status: 503, headers: { "retry-after": "0" } };
  const tracing = startTestTracing(intake, { TRACE_EXPORT_BATCH_BYTES: "4096" });
  for (let i = 0; i < 100; i++) withSpan("a span", { attributes: { note: "x".repeat(500) } }, () => {});
  await intake.until(() => intake.requests.length > 0, "the first attempt");
  await delay(250);
  expect(intake.requests.length).toBeLessThan(3);
  intake.answer = { status: 200 };
  await intake.until(() => intake.spans.length === 100, "all spans");
  expect(new Set(intake.spans.map((span) => span.spanId)).size).toBe(100);
  await tracing.shutdown();
  await intake.close();
});
