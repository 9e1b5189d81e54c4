import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { nodeEnvironment } from "./node-environment.ts";

/** How a process ended, and what it said. */
export interface EndedProcess {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunSettings {
  readonly args?: readonly string[];
  /** The whole environment, but for `nodeEnvironment`. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Fixtures that are imported before the program. */
  readonly preload?: readonly string[];
  /** Node's own. */
  readonly flags?: readonly string[];
}

/** The path of a program in the fixtures folder. */
export function fixture(name: string): string {
  return fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
}

/** Runs a program in a process of its own until it ends by itself. */
export function runNode(program: string, settings: RunSettings = {}): Promise<EndedProcess> {
  const { args = [], env = {}, cwd = "/", preload = [], flags = [] } = settings;
  const imports = preload.flatMap((name) => ["--import", fixture(name)]);
  const child = spawn(process.execPath, [...flags, ...imports, program, ...args], {
    cwd,
    env: { ...nodeEnvironment, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}
