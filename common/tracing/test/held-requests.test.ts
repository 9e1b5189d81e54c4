import { expect, onTestFinished, test } from "vitest";
import { startIntake } from "./harness/intake.ts";
import { fixture, runNode } from "./harness/run-node.ts";

test.each([200, 503])(
  "no connection that is kept holds the request that failed (answers: %d)",
  async (status) => {
    const intake = await startIntake();
    onTestFinished(() => intake.close());
    intake.answer = { status };
    const env = { SENTRY_DSN: intake.dsn, TRACE_SAMPLE_RATE: "0", TRACE_EXPORT_INTERVAL_MS: "10" };
    const ended = await runNode(fixture("failing-request.ts"), { env, flags: ["--expose-gc"] });
    expect(ended).toMatchObject({ stdout: "let go\n", code: 0 });
  },
);
