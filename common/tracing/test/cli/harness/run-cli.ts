import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import type { Finding } from "../../../src/cli/doctor/finding.ts";
import { nodeEnvironment } from "../../harness/node-environment.ts";
import { type EndedProcess, runNode } from "../../harness/run-node.ts";

export const CLI = fileURLToPath(new URL("../../../src/cli/main.ts", import.meta.url));

/** An empty folder, for the time of the test. */
export function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "tracekeep-cli-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs the command line to its end, in an empty folder unless another is given. */
export function runCli(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd: string = emptyFolder(),
): Promise<EndedProcess> {
  return runNode(CLI, { args, env, cwd });
}

/** What the doctor says, by the names of its checks; of several with one name, all. */
export interface Diagnosis {
  readonly code: number | null;
  readonly ok: boolean;
  readonly checks: readonly Finding[];
  of(name: string): Finding[];
}

export async function doctor(env: Readonly<Record<string, string>> = {}, cwd?: string): Promise<Diagnosis> {
  const { code, stdout, stderr } = await runCli(["doctor", "--json"], env, cwd);
  if (!stdout.startsWith("{")) throw new Error(`no diagnosis: ${stdout}${stderr}`);
  const { ok, checks } = JSON.parse(stdout) as { ok: boolean; checks: Finding[] };
  return { code, ok, checks, of: (name) => checks.filter((check) => check.name === name) };
}

/** The command line while it runs. */
export interface RunningCli {
  readonly stdout: () => string;
  readonly stderr: () => string;
  interrupt(): void;
  readonly ended: Promise<number | null>;
}

export function startCli(args: readonly string[]): RunningCli {
  const child = spawn(process.execPath, [CLI, ...args], {
    env: nodeEnvironment,
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  return {
    stdout: () => stdout,
    stderr: () => stderr,
    interrupt: () => void child.kill("SIGINT"),
    ended: new Promise((resolve) => child.on("close", resolve)),
  };
}
