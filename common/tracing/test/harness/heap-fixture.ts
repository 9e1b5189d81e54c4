import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { onTestFinished } from "vitest";
import type { Report } from "../fixtures/heap.ts";
import type { TestIntake } from "./intake.ts";

/** A fixture that measures its heap, in a process of its own that sends its spans to the intake. */
export interface HeapFixture {
  readonly child: ChildProcess;
  /** The next thing that it reports. Rejects if it exits instead. */
  report(): Promise<Report>;
}

export function startHeapFixture(name: string, intake: TestIntake): HeapFixture {
  const child = fork(new URL(`../fixtures/${name}.ts`, import.meta.url), {
    execArgv: ["--expose-gc"],
    env: { SENTRY_DSN: intake.dsn, TRACE_SAMPLE_RATE: "1", TRACE_EXPORT_INTERVAL_MS: "20" },
  });
  // Also where the test fails: nothing may outlive it.
  onTestFinished(() => void child.kill());
  return {
    child,
    async report() {
      const exited = once(child, "exit").then(([code]) => {
        throw new Error(`${name} has exited with code ${code} instead of a report`);
      });
      const [message] = (await Promise.race([once(child, "message"), exited])) as [Report];
      return message;
    },
  };
}
