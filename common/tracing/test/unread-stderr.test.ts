import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { nodeEnvironment } from "./harness/node-environment.ts";
import { fixture } from "./harness/run-node.ts";

test("a service whose stderr nobody reads any more does not die of a warning of tracing's", async () => {
  const env = {
    ...nodeEnvironment,
    SENTRY_DSN: "http://publickey@127.0.0.1:9/42",
    TRACE_SAMPLE_RATE: "1",
  };
  const child = spawn(process.execPath, [fixture("unread-stderr.ts")], {
    cwd: "/",
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stderr.destroy();
  const [said, [code]] = await Promise.all([text(child.stdout), once(child, "exit")]);
  expect({ said, code }).toEqual({ said: "started\nended well\n", code: 0 });
});
