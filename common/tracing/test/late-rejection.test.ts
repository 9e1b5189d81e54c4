import { expect, test } from "vitest";
import { startIntake } from "./harness/intake.ts";
import { probeClient, serveProbe, startTestTracing } from "./harness/probe.ts";
import { collectUnhandled } from "./harness/rejections.ts";
import { callUnary } from "./harness/wire.ts";

test("an async handler that has answered OK and rejects then: the trace is kept, and one issue made", async () => {
  const intake = await startIntake();
  const tracing = startTestTracing(intake, { TRACE_SAMPLE_RATE: "0" });
  const probe = await serveProbe(tracing, {
    async unary(_call, callback) {
      callback(null, { text: "", count: 1 });
      await new Promise((resolve) => setTimeout(resolve, 20));
      throw new Error("the audit log is full");
    },
  });
  const client = probeClient(undefined, probe.address);
  const unhandled = await collectUnhandled(async () => {
    await callUnary(client);
    await intake.until(
      () => intake.spans.length === 1 && intake.errors.length === 1,
      "the span and the issue",
    );
  });
  expect(unhandled).toHaveLength(1);
  expect(intake.errors[0]?.exception.values[0]?.value).toBe("the audit log is full");
  expect(intake.errors[0]?.contexts.trace.span_id).toBe(intake.spans[0]?.spanId);
  client.close();
  probe.stop();
  await tracing.shutdown();
  await intake.close();
});

test("a handler that has answered OK and rejects with an answer: nothing has failed", async () => {
  const intake = await startIntake();
  const tracing = startTestTracing(intake, { TRACE_SAMPLE_RATE: "0" });
  const probe = await serveProbe(tracing, {
    async unary(_call, callback) {
      callback(null, { text: "", count: 1 });
      await new Promise((resolve) => setTimeout(resolve, 20));
      throw Object.assign(new Error("no such account"), { code: 5, details: "no such account" });
    },
  });
  const client = probeClient(undefined, probe.address);
  const unhandled = await collectUnhandled(async () => {
    await callUnary(client);
    await new Promise((resolve) => setTimeout(resolve, 100));
  });
  expect(unhandled).toHaveLength(1);
  client.close();
  probe.stop();
  await tracing.shutdown();
  expect([intake.spans, intake.errors]).toEqual([[], []]);
  await intake.close();
});
