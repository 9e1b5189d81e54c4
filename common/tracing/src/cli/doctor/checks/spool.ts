import { accessSync, constants, existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import type { TracingConfig } from "../../../config/index.ts";
import { type Finding, fault, ok } from "../finding.ts";

const NAME = "spool";

/** Whether the service may write where spans are to wait; nothing is made. */
export function checkSpool({ export: { spool } }: TracingConfig): Finding[] {
  if (spool === undefined) return [];
  const { directory } = spool;
  const there = firstThere(directory);
  const fix = "make it a directory that the service's user may write to, or set another TRACE_SPOOL_DIR";
  if (!statSync(there).isDirectory()) return [fault(NAME, `${there} is no directory`, fix)];
  try {
    accessSync(there, constants.W_OK | constants.X_OK);
  } catch {
    return [fault(NAME, `${there} may not be written to by this user`, fix)];
  }
  return [ok(NAME, there === directory ? `${directory} can be written to` : `${directory} can be made`)];
}

/** The path, or the nearest folder above it that is there. */
function firstThere(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : firstThere(dirname(path));
}
