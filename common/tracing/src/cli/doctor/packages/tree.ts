import { existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";

/** A package that is loaded in production, as it is installed. */
export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  readonly folder: string;
  /** The packages that bring it, from the service on. */
  readonly via: readonly string[];
}

/** A package that another one needs and that is not there. */
export interface MissingPackage {
  readonly name: string;
  readonly neededBy: string;
}

/** What a service loads: its production dependencies, theirs, and so on. */
export interface PackageTree {
  readonly installed: readonly InstalledPackage[];
  readonly missing: readonly MissingPackage[];
}

interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/** The folder of the package that a path belongs to; undefined outside of any. */
export function packageFolder(path: string): string | undefined {
  if (existsSync(join(path, "package.json"))) return path;
  return dirname(path) === path ? undefined : packageFolder(dirname(path));
}

/** Follows a package's dependencies as Node would, each copy once. Throws what reading a manifest throws. */
export function readTree(root: string): PackageTree {
  const installed: InstalledPackage[] = [];
  const missing: MissingPackage[] = [];
  const seen = new Set<string>();
  const waiting = [{ folder: realpathSync(root), via: [] as readonly string[] }];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const { folder, via } = next;
    if (seen.has(folder)) continue;
    seen.add(folder);
    const manifest = readManifest(folder);
    const name = manifest.name ?? folder;
    installed.push({ name, version: manifest.version ?? "", folder, via });
    for (const [needed, isNeeded] of needsOf(manifest)) {
      const found = findPackage(folder, needed);
      if (found !== undefined) waiting.push({ folder: found, via: [...via, name] });
      else if (isNeeded) missing.push({ name: needed, neededBy: name });
    }
  }
  return { installed, missing };
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
}

/** What a package loads, and whether it has to be there. */
function needsOf(manifest: Manifest): Map<string, boolean> {
  const { dependencies = {}, optionalDependencies = {}, peerDependencies = {} } = manifest;
  return new Map([
    ...Object.keys(peerDependencies).map(
      (name) => [name, manifest.peerDependenciesMeta?.[name]?.optional !== true] as const,
    ),
    ...Object.keys(dependencies).map((name) => [name, true] as const),
    ...Object.keys(optionalDependencies).map((name) => [name, false] as const),
  ]);
}

/** The folder of the package that Node takes for a name which is imported in a folder. */
export function findPackage(folder: string, name: string): string | undefined {
  const candidate = join(folder, "node_modules", name);
  if (existsSync(join(candidate, "package.json"))) return realpathSync(candidate);
  return dirname(folder) === folder ? undefined : findPackage(dirname(folder), name);
}
