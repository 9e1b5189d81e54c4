import { expect, test } from "vitest";
import { startIntake } from "./harness/intake.ts";
import { fixture, runNode } from "./harness/run-node.ts";

test("MOD-02: another version of the OpenTelemetry API that came first costs a warning with both versions, and no span", async () => {
  const intake = await startIntake();
  const env = { SENTRY_DSN: intake.dsn, TRACE_SAMPLE_RATE: "1" };
  const { code, stdout, stderr } = await runNode(fixture("one-call.ts"), { env, preload: ["older-api.ts"] });
  expect(code).toBe(0);
  expect(JSON.parse(stdout).answer).toEqual({ text: "HELLO", count: 1 });
  expect(stderr).toMatch(/1\.9\.0/);
  expect(stderr).toMatch(/1\.10\.0/);
  expect(stderr.trim().split("\n")).toHaveLength(1);
  const root = intake.spans.find((span) => span.name === "caller");
  const client = intake.spans.find((span) => span.kind === 3);
  const server = intake.spans.find((span) => span.kind === 2);
  const work = intake.spans.find((span) => span.name === "work");
  expect([client, server, work].map((span) => span?.parentSpanId)).toEqual(
    [root, client, server].map((span) => span?.spanId ?? "missing"),
  );
  await intake.close();
});
