import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseEnv } from "node:util";

/** Variables by name; a missing name and `undefined` mean the same. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Merges `env` over the files `.env` over `defaults`. There are two such files: the one in `folder`, the service's own,
 * beats the one in the root of the repository. READ_ENV_FILES=false in `env` leaves both unread.
 * A variable that is set but blank counts as unset, yet still hides the same variable in what it beats.
 */
export function readEnvironment(env: Environment, folder: string, defaults: Environment): Environment {
  const merged: Record<string, string | undefined> = {};
  const folders = env.READ_ENV_FILES?.trim() === "false" ? [] : [repositoryRoot(folder), folder];
  for (const each of new Set(folders)) Object.assign(merged, readFile(each));
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
