import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { failedRequest, SAMPLE_TRACE } from "../src/testing/sample.ts";
import { follow } from "./harness/follow.ts";
import { sendSpans } from "./harness/send.ts";

const CLI = join(import.meta.dirname, "../src/cli.ts");
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children) child.kill("SIGKILL");
});

/** The command as a user runs it. */
function run(...args: string[]) {
  return runWith({}, ...args);
}

function runWith(env: NodeJS.ProcessEnv, ...args: string[]) {
  const child = spawn(process.execPath, [CLI, ...args], { env: { ...process.env, ...env } });
  children.push(child);
  const said = { text: "" };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      said.text += text;
    });
  }
  const ended = once(child, "close").then(([code]) => code as number | null);
  return {
    child,
    said,
    ended,
    async says(pattern: RegExp): Promise<string> {
      for (;;) {
        const [, found] = pattern.exec(said.text) ?? [];
        if (found !== undefined) return found;
        await Promise.race([
          once(child.stdout, "data"),
          ended.then(() => Promise.reject(new Error(said.text))),
        ]);
      }
    },
  };
}

describe("tracekeep-viewer", () => {
  it("says what to set, takes what is sent there, and stops at once, also while a page is open", async () => {
    const viewer = run("--port", "0");
    const dsn = new URL(await viewer.says(/SENTRY_DSN=(\S+)/));
    expect(viewer.said.text).toContain(`http://127.0.0.1:${dsn.port}/`);
    const url = `http://${dsn.host}`;
    await sendSpans(url, failedRequest);
    const list = await follow(url);
    await list.until(() => list.traces.has(SAMPLE_TRACE));
    expect((await fetch(url)).headers.get("content-type")).toMatch(/text\/html/);
    viewer.child.kill("SIGTERM");
    expect(await viewer.ended).toBe(0);
    await expect(list.until(() => false)).rejects.toThrow();
  });

  it("holds what --max-traces allows", async () => {
    const viewer = run("--port", "0", "--max-traces", "5");
    const dsn = new URL(await viewer.says(/SENTRY_DSN=(\S+)/));
    const spans = Array.from({ length: 20 }, (_, index) =>
      failedRequest
        .slice(0, 1)
        .map((span) => ({ ...span, traceId: (index + 1).toString(16).padStart(32, "0") })),
    ).flat();
    await sendSpans(`http://${dsn.host}`, spans);
    await using list = await follow(`http://${dsn.host}`);
    await list.until(() => list.messages.at(-1)?.complete === true);
    expect(list.traces.size).toBe(5);
    expect(list.messages.at(-1)?.totals).toEqual({ traces: 5, spans: 5, evicted: 15 });
  });

  it("takes no more bytes than fit into the heap, and says how to have more", async () => {
    const args = ["--port", "0", "--max-bytes", "200MiB"];
    const refused = runWith({ NODE_OPTIONS: "--max-old-space-size=256" }, ...args);
    expect(await refused.ended).toBe(2);
    const [, NODE_OPTIONS = ""] = /expected a size .* NODE_OPTIONS=(\S+)/.exec(refused.said.text) ?? [];
    await runWith({ NODE_OPTIONS }, ...args).says(/SENTRY_DSN=(\S+)/);
  });

  it("says what to do if its port is in use, and ends with 1", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    const viewer = run("--port", String(port));
    expect(await viewer.ended).toBe(1);
    expect(viewer.said.text).toMatch(new RegExp(`port ${port} is in use: .*--port`));
    other.close();
  });

  it.each([
    [["--port", "70000"], "whole number from 0 to 65535"],
    [["--port", "http"], "whole number from 0 to 65535"],
    [["--max-bytes", "12"], "1MiB to "],
    [["--max-bytes", "1TiB"], "256MiB"],
    [["--max-traces", "0"], "whole number from 1"],
    [["--colour"], "--colour"],
    [["stray"], "stray"],
  ])("refuses %j with 2", async (args, message) => {
    const viewer = run(...args);
    expect(await viewer.ended).toBe(2);
    expect(viewer.said.text).toContain(message);
    expect(viewer.said.text).toContain("--help");
  });

  it("explains itself with --help", async () => {
    const viewer = run("--help");
    expect(await viewer.ended).toBe(0);
    for (const option of ["--port", "--max-bytes", "--max-traces", "--open"])
      expect(viewer.said.text).toContain(option);
  });
});
