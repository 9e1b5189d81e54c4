import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What package-lock.json says of one package; its key is the folder. */
interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  /** A workspace, which lies in the repository itself. */
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
}

export interface Lockfile {
  readonly lockfileVersion: number;
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

/** Whether a package's install script may run, by name; one that is not here has not been decided on. */
export type AllowedScripts = Readonly<Record<string, boolean>>;

const IN_MODULES = "node_modules/";

/**
 * What is wrong with a lockfile, a line each: a package whose contents are not pinned by a hash, one that is bound to a
 * host, and an install script that nobody has decided on. Empty if all is well.
 */
export function lockfileFaults({ lockfileVersion, packages }: Lockfile, allowed: AllowedScripts): string[] {
  if (lockfileVersion !== 3) return [`lockfileVersion is ${lockfileVersion}: write it with npm 7 or newer`];
  const installed = Object.entries(packages).filter(([path]) => path.includes(IN_MODULES));
  const named = new Set(installed.map(([path]) => nameOf(path)));
  return [
    ...installed.flatMap(([path, locked]) => packageFaults(path, locked, allowed)),
    ...Object.keys(allowed)
      .filter((name) => !named.has(name))
      .map((name) => `allowScripts names ${name}, which is not installed: remove it`),
  ];
}

function packageFaults(path: string, locked: LockedPackage, allowed: AllowedScripts): string[] {
  const { integrity, resolved, link = false, hasInstallScript = false } = locked;
  const faults: string[] = [];
  // A workspace's `resolved` is its folder.
  if (resolved !== undefined && (!link || /^[a-z+]+:/i.test(resolved)))
    faults.push(`${path} is resolved to ${new URL(resolved, "file:").host || resolved}: remove "resolved"`);
  if (!link && !/^sha512-[\w+/]{86}==$/.test(integrity ?? ""))
    faults.push(`${path} has no sha512 integrity: install it again from a registry`);
  if (hasInstallScript && !(nameOf(path) in allowed))
    faults.push(`${path} has an install script: allow or forbid it in package.json's allowScripts`);
  return faults;
}

/** `node_modules/a/node_modules/@b/c` is `@b/c`. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf(IN_MODULES) + IN_MODULES.length);
}

/** The JSON file at this path of the repository. */
export function readJson<T>(file: string, root = join(import.meta.dirname, "..")): T {
  return JSON.parse(readFileSync(join(root, file), "utf8"));
}

if (import.meta.main) {
  const { allowScripts } = readJson<{ allowScripts: AllowedScripts }>("package.json");
  const faults = lockfileFaults(readJson("package-lock.json"), allowScripts);
  for (const fault of faults) console.error(fault);
  if (faults.length === 0) console.log("package-lock.json pins every package, and names no host");
  process.exitCode = faults.length === 0 ? 0 : 1;
}
