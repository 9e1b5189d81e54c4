import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { startIntake } from "../harness/intake.ts";
import { runNode } from "../harness/run-node.ts";

const program = fileURLToPath(new URL("./fixtures/failing-program.ts", import.meta.url));

test.each(["throw", "reject", "later"])(
  "EXP-13: a failure right before the end of the process (%s) has its issue",
  async (way) => {
    const intake = await startIntake();
    const { code } = await runNode(program, {
      args: [way],
      env: { SENTRY_DSN: intake.dsn, TRACE_SAMPLE_RATE: "0", TRACE_EXPORT_INTERVAL_MS: "60000" },
    });
    expect(code).toBe(1);
    expect(intake.spans.map(({ name }) => name)).toEqual(["job"]);
    expect(intake.errors.map(({ exception }) => exception.values.at(-1)?.value)).toEqual(["no such account"]);
    await intake.close();
  },
);
