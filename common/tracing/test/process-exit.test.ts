import { afterEach, beforeEach, expect, test } from "vitest";
import { startIntake, type TestIntake } from "./harness/intake.ts";
import { fixture, runNode } from "./harness/run-node.ts";

let intake: TestIntake;
beforeEach(async () => {
  intake = await startIntake();
});
afterEach(() => intake.close());

/** The timer of a batch is a minute away: what arrives was sent because the process ends. */
const settings = () => ({
  SENTRY_DSN: intake.dsn,
  TRACE_SAMPLE_RATE: "1",
  TRACE_EXPORT_INTERVAL_MS: "60000",
});

test.each(["return", "shutdown"])(
  "EXP-08: a process that makes one call and ends by %s sends its spans first",
  async (ending) => {
    const { code, stderr } = await runNode(fixture("one-call.ts"), { args: [ending], env: settings() });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const names = intake.spans.map((span) => span.name).sort();
    expect(names).toEqual(["caller", "probe.v1.ProbeService/Unary", "probe.v1.ProbeService/Unary", "work"]);
    expect(intake.requests).toHaveLength(1);
  },
);

test("EXP-08: the error event of a short-lived process arrives, too", async () => {
  const { code, stderr } = await runNode(fixture("one-call.ts"), { args: ["fail"], env: settings() });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(intake.errors.map((event) => event.exception.values[0]?.value)).toEqual(["broken on purpose"]);
  expect(intake.spans).toHaveLength(4);
});

test("EXP-08: an endpoint that cannot be reached does not keep the process", async () => {
  await intake.close();
  const { code, stderr } = await runNode(fixture("one-call.ts"), { env: settings() });
  expect(code).toBe(0);
  expect(stderr).toContain("ECONNREFUSED");
  intake = await startIntake();
});
