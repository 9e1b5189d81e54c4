import { trace } from "@opentelemetry/api";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Tracing } from "../src/index.ts";
import { startIntake, type TestIntake } from "./harness/intake.ts";
import { probeClient, serveProbe, startTestTracing } from "./harness/probe.ts";

let intake: TestIntake;
let tracing: Tracing;
beforeEach(async () => {
  intake = await startIntake();
  tracing = startTestTracing(intake, { TRACE_SAMPLE_RATE: "0" });
});
afterEach(async () => {
  await tracing.shutdown();
  await intake.close();
});

test("LIFE-05: an error that leaves a span which its own code has ended is a failure: trace kept, issue made", async () => {
  const attempt = () =>
    tracing.withSpan("transfer", (span) => {
      try {
        throw new RangeError("out of money");
      } finally {
        span.end();
      }
    });
  expect(attempt).toThrow("out of money");
  await tracing.forceFlush();
  await intake.until(() => intake.errors.length === 1 && intake.spans.length === 1, "issue and span");
  expect(intake.errors[0]?.exception.values.at(-1)).toMatchObject({
    type: "RangeError",
    value: "out of money",
  });
  expect(tracing.stats().spans).toMatchObject({ open: 0, changedAfterEnd: 0 });
});

test("LIFE-05: the issue of such a call has the type and the stack of its error", async () => {
  const probe = await serveProbe(tracing, {
    unary(_call, callback) {
      trace.getActiveSpan()?.end();
      callback(new RangeError("out of range"));
    },
  });
  const client = probeClient(tracing, probe.address);
  await new Promise((resolve) => client.unary({ text: "", count: 0 }, resolve));
  await tracing.forceFlush();
  await intake.until(() => intake.errors.length >= 1, "the issue");
  expect(intake.errors[0]?.exception.values.at(-1)).toMatchObject({
    type: "RangeError",
    value: "out of range",
    stacktrace: { frames: expect.arrayContaining([expect.anything()]) },
  });
  client.close();
  probe.stop();
});

test("LIFE-05: a call whose handler has ended the RPC's span fails all the same, and the caller is told", async () => {
  const probe = await serveProbe(tracing, {
    unary(_call, callback) {
      trace.getActiveSpan()?.end();
      callback({ code: 13, details: "broken" });
    },
  });
  const client = probeClient(tracing, probe.address);
  await new Promise((resolve) => client.unary({ text: "", count: 0 }, resolve));
  await tracing.forceFlush();
  await intake.until(() => intake.errors.length >= 1 && intake.spans.length === 2, "issue and both spans");
  expect(intake.errors.map(({ exception }) => exception.values.at(-1)?.value)).toEqual(["broken"]);
  // The client's span names the server, which has reported.
  const caller = intake.spans.find(({ kind }) => kind === 3);
  expect(caller?.attributes["tracekeep.relayed.service"]).toBe("probe");
  expect(tracing.stats().spans).toMatchObject({ open: 0, changedAfterEnd: 0 });
  client.close();
  probe.stop();
});
