import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";

/** Variables by name; a missing name and `undefined` mean the same. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Merges `env` over the file `.env` in `cwd` over `defaults`.
 * A variable that is set but blank counts as unset, yet still hides the same variable in `.env`.
 */
export function readEnvironment(env: Environment, cwd: string, defaults: Environment): Environment {
  const file = join(cwd, ".env");
  const merged: Record<string, string | undefined> = existsSync(file)
    ? parseEnv(readFileSync(file, "utf8"))
    : {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined) merged[name] = value;
  }
  for (const [name, value] of Object.entries(defaults)) {
    if (!merged[name]?.trim()) merged[name] = value;
  }
  return merged;
}

/** The variables that have a value, without the space around it. */
export function withoutBlanks(env: Environment): Record<string, string> {
  const filled: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    const trimmed = value?.trim();
    if (trimmed) filled[name] = trimmed;
  }
  return filled;
}
