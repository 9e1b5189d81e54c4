import { expect, test } from "vitest";
import { startIntake } from "./harness/intake.ts";
import { fixture, runNode } from "./harness/run-node.ts";

// 400 ms: the client for error events has been loaded, and its requests are under way or wait. 1 ms: it has not.
test.each(["400", "1"])(
  "EXP-11: a process with spans and errors for an endpoint that hangs ends after shutdown(300), begun at %s ms",
  async (pause) => {
    const intake = await startIntake();
    intake.answer = "hang";
    const { code, stdout, stderr } = await runNode(fixture("hanging-intake.ts"), {
      args: [pause],
      env: {
        SENTRY_DSN: intake.dsn,
        TRACE_SAMPLE_RATE: "1",
        TRACE_EXPORT_TIMEOUT_MS: "8000",
        SERVICE_VERSION: "1",
        APP_ENV: "test",
      },
    });
    await intake.close();
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining("spans were lost") });
    const { left, took, endedAfter } = JSON.parse(stdout);
    expect(took).toBeLessThan(1_000);
    expect(endedAfter).toBeLessThan(500);
    expect(left).toEqual([]);
  },
);
