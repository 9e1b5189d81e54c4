import { expect, test } from "vitest";
import { startIntake } from "../harness/intake.ts";
import { probeClient, serveProbe, startTestTracing } from "../harness/probe.ts";

const request = { text: "", count: 0 };

test.each([0, 1])(
  "of two servers in one process, server %d takes recalls: a failed trace is whole",
  async (which) => {
    const intake = await startIntake();
    const settings = { TRACE_SAMPLE_RATE: "0" };
    const ledger = startTestTracing(intake, { ...settings, TRACE_SERVICE_NAME: "ledger" });
    const payroll = startTestTracing(intake, { ...settings, TRACE_SERVICE_NAME: "payroll" });
    const unary = (_call: unknown, callback: (error: null, answer: typeof request) => void) =>
      callback(null, request);
    const servers = [await serveProbe(ledger, { unary }), await serveProbe(ledger, { unary })];
    const client = probeClient(payroll, servers[which]?.address ?? "");
    const job = payroll.withSpan("job", async () => {
      await new Promise((resolve) => client.unary(request, resolve));
      throw new Error("failed after the call");
    });
    await expect(job).rejects.toThrow("failed after the call");
    await payroll.forceFlush();
    await ledger.forceFlush();
    await intake.until(() => intake.spans.length === 3, "the job, its call and the ledger's part", 2_000);
    expect(payroll.stats().recalls).toMatchObject({ sent: 1, missed: 0 });
    client.close();
    for (const server of servers) server.stop();
    await payroll.shutdown();
    await ledger.shutdown();
    await intake.close();
  },
);
