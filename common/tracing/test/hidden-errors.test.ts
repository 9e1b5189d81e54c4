import { afterEach, beforeEach, expect, test } from "vitest";
import type { Tracing } from "../src/index.ts";
import { startIntake, type TestIntake } from "./harness/intake.ts";
import { type ProbeServer, probeClient, serveProbe, startTestTracing } from "./harness/probe.ts";

let intake: TestIntake;
let tracing: Tracing;
let servers: ProbeServer[];
beforeEach(async () => {
  intake = await startIntake();
  tracing = startTestTracing(intake);
});
afterEach(async () => {
  for (const server of servers) server.stop();
  await tracing.shutdown(500);
  await intake.close();
});

test.each([
  ["NestJS", "Internal server error"],
  ["nice-grpc", "Unknown server error occurred"],
])(
  "ERR-01: what %s answers for an error that a handler lets through is the failure below",
  async (_, details) => {
    const bank = await serveProbe(tracing, {
      unary: (_call, callback) => callback({ code: 14, details: "bank is down" }),
    });
    const toBank = probeClient(tracing, bank.address);
    const ledger = await serveProbe(tracing, {
      unary: (call, callback) => void toBank.unary(call.request, () => callback({ code: 2, details })),
    });
    servers = [bank, ledger];
    const client = probeClient(tracing, ledger.address);
    await new Promise((resolve) => client.unary({ text: "", count: 0 }, resolve));
    await tracing.forceFlush();
    await intake.until(() => intake.spans.length === 4 && intake.errors.length > 0, "four spans");
    const marked = intake.spans.filter(({ attributes }) => attributes["tracekeep.root_cause"] === true);
    expect(marked.map(({ attributes }) => attributes["rpc.status_code"])).toEqual(["UNAVAILABLE"]);
    expect(intake.errors.map(({ exception }) => exception.values[0]?.value)).toEqual(["bank is down"]);
    client.close();
    toBank.close();
  },
);
