import { afterEach, beforeEach, expect, test } from "vitest";
import { startIntake, type TestIntake } from "../harness/intake.ts";
import { fixture, runNode } from "../harness/run-node.ts";

let intake: TestIntake;
beforeEach(async () => {
  intake = await startIntake();
});
afterEach(() => intake.close());

test.each(["thrown", "rejected", "late", "message"])(
  "EXP-13: an exception (%s) that leaves the first span of its trace and ends the process is a Sentry issue, too",
  async (kind) => {
    const env = { SENTRY_DSN: intake.dsn, TRACE_SAMPLE_RATE: "0" };
    const { code } = await runNode(fixture("one-crash.ts"), { args: [kind], env });
    expect(code).toBe(1);
    const [span] = intake.spans;
    expect(intake.spans).toHaveLength(1);
    expect(intake.errors.map(({ exception, contexts }) => [exception.values[0], contexts.trace])).toEqual([
      [
        expect.objectContaining({ type: "Error", value: "thrown on purpose" }),
        expect.objectContaining({ trace_id: span?.traceId, span_id: span?.spanId }),
      ],
    ]);
  },
);

test("EXP-13: a proxy that cannot be used keeps nothing from a destination that needs none", async () => {
  const env = {
    SENTRY_DSN: "https://publickey@sentry.invalid/42",
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${intake.port}`,
    HTTPS_PROXY: "socks5://127.0.0.1:9",
  };
  const { stderr } = await runNode(fixture("one-crash.ts"), { env });
  expect(intake.spans.map(({ name }) => name)).toEqual(["doomed"]);
  expect(stderr).toContain("the proxy in the environment is not an http or https URL");
});
