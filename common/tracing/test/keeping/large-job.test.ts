import { expect, test } from "vitest";
import { withSpan } from "../../src/index.ts";
import { startIntake } from "../harness/intake.ts";
import { probeClient, serveProbe, startTestTracing } from "../harness/probe.ts";
import { callUnary } from "../harness/wire.ts";

test("a call that a large job made when its record was full: the callee's part of a failed trace arrives", async () => {
  const intake = await startIntake();
  const own = await startIntake();
  const caller = startTestTracing(own, { TRACE_SAMPLE_RATE: "0", TRACE_RECORDER_BYTES: "65536" });
  const callee = startTestTracing(intake, { TRACE_SAMPLE_RATE: "0" });
  const probe = await serveProbe(callee, { unary: (_call, answer) => answer(null, { text: "", count: 1 }) });
  const client = probeClient(caller, probe.address);
  const job = caller.withSpan("payroll", async () => {
    for (let step = 0; step < 100; step++) withSpan("one of many", () => {});
    await callUnary(client);
    throw new Error("the books do not balance");
  });
  await expect(job).rejects.toThrow();
  await intake.until(() => intake.spans.length === 1, "the callee's span");
  client.close();
  probe.stop();
  await Promise.all([caller.shutdown(), callee.shutdown()]);
  await Promise.all([own.close(), intake.close()]);
});
