import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openAccount } from "../harness/stack.ts";
import { confidentialHeaders, startCarelessStack } from "./harness/careless-stack.ts";
import { startEchoingEndpoint } from "./harness/echoing-endpoint.ts";
import { marker, PERSONAL } from "./harness/planted.ts";
import { Written } from "./harness/written.ts";

/** What anybody on the machine may see of the processes whose parent runs this program. */
function childrenOf(program: string): { readonly args: Buffer; readonly env: Buffer }[] {
  const read = (pid: string, name: string): Buffer => {
    try {
      return readFileSync(join("/proc", pid, name));
    } catch {
      // It has ended, or is another user's.
      return Buffer.alloc(0);
    }
  };
  const parentOf = (pid: string) => /^PPid:\s*(\d+)$/m.exec(read(pid, "status").toString())?.[1] ?? "0";
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && read(parentOf(name), "cmdline").includes(program))
    .map((pid) => ({ args: read(pid, "cmdline"), env: read(pid, "environ") }));
}

// Only Linux shows processes as files.
test.runIf(process.platform === "linux")(
  "the child process that sends what a crash leaves has no secret in its arguments or its environment",
  async () => {
    using written = new Written();
    // The child lives while it waits for the answer.
    await using endpoint = await startEchoingEndpoint(() => {
      for (const { args, env } of childrenOf("careless-treasury.ts")) {
        written.add("arguments of the child", args);
        written.add("environment of the child", env);
      }
    });
    await using stack = await startCarelessStack({ ...endpoint.settings, TRACE_SAMPLE_RATE: "0" });
    await openAccount(stack.gateway, { institution: "CRASH" });
    await stack.stop();
    expect(written.missing(["--eval", marker("crash")])).toEqual([]);
    expect(written.findings()).toEqual([]);
  },
);

test("a service that crashes sends and logs no secret; only Node.js itself prints the exception", async () => {
  using written = new Written();
  await using endpoint = await startEchoingEndpoint();
  await using stack = await startCarelessStack({ ...endpoint.settings, TRACE_SAMPLE_RATE: "0" });
  const { status } = await openAccount(
    stack.gateway,
    { institution: "CRASH", name: PERSONAL.holder },
    confidentialHeaders(),
  );
  expect(status).toBe(503);
  expect(await stack.stop()).toEqual([0, 0, 0, 1]);
  expect(written.deaths()).toBe(1);
  expect(written.missing([marker("crash")])).toEqual([]);
  expect(written.findings()).toEqual([]);
});
