import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseEnv } from "node:util";

/** Variables by name; a missing name and `undefined` mean the same. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Merges `env` over the files `.env` over `defaults`. There are two such files: the one in `cwd`, the service's own,
 * beats the one in the root of the repository.
 * A variable that is set but blank counts as unset, yet still hides the same variable in what it beats.
 */
export function readEnvironment(env: Environment, cwd: string, defaults: Environment): Environment {
  const merged: Record<string, string | undefined> = {};
  for (const folder of new Set([repositoryRoot(cwd), cwd])) Object.assign(merged, readFile(folder));
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined) merged[name] = value;
  }
  for (const [name, value] of Object.entries(defaults)) {
    if (!merged[name]?.trim()) merged[name] = value;
  }
  return merged;
}

function readFile(folder: string): Environment {
  const file = join(folder, ".env");
  return existsSync(file) ? (parseEnv(readFileSync(file, "utf8")) as Environment) : {};
}

/** The nearest folder upwards whose package.json has workspaces; without any, the folder itself. */
function repositoryRoot(folder: string): string {
  for (let at = folder; ; at = dirname(at)) {
    const file = join(at, "package.json");
    if (existsSync(file) && "workspaces" in JSON.parse(readFileSync(file, "utf8"))) return at;
    if (at === dirname(at)) return folder;
  }
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
