import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Runs Prometheus's own tool beside its files; resolves to what it prints. @throws Error with what it finds wrong. */
export async function promtool(...args: readonly string[]): Promise<string> {
  const { stdout } = await run("promtool", args, { cwd: join(import.meta.dirname, "..") });
  return stdout;
}
