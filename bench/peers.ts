import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const FOLDER = fileURLToPath(new URL("./peers", import.meta.url));
const LOCKFILE = `${FOLDER}/package-lock.json`;
/** What npm writes when it has installed everything. */
const INSTALLED = `${FOLDER}/node_modules/.package-lock.json`;

interface Lockfile {
  readonly packages: Readonly<
    Record<
      string,
      {
        readonly version?: string;
        readonly dependencies?: Readonly<Record<string, string>>;
        readonly optionalDependencies?: Readonly<Record<string, string>>;
      }
    >
  >;
}

const readLockfile = (file: string): Lockfile => JSON.parse(readFileSync(file, "utf8"));

/** Versions of the tracers that Tracekeep is compared with, by package. */
export function peerVersions(): Readonly<Record<string, string>> {
  return readLockfile(LOCKFILE).packages[""]?.dependencies ?? {};
}

/** Whether what the lockfile names is there, in its version. */
export function peersAreInstalled(): boolean {
  if (!existsSync(INSTALLED)) return false;
  const { packages } = readLockfile(INSTALLED);
  return Object.entries(peerVersions()).every(
    ([name, version]) => packages[`node_modules/${name}`]?.version === version,
  );
}

/** What a tracer would like to have, and npm could not install here; each works without. */
export function missingOptionalPackages(): string[] {
  const here = Object.keys(readLockfile(INSTALLED).packages);
  const wanted = Object.values(readLockfile(LOCKFILE).packages).flatMap(({ optionalDependencies = {} }) =>
    Object.keys(optionalDependencies),
  );
  const isHere = (name: string) => here.some((path) => path.endsWith(`node_modules/${name}`));
  // Bindings are named for one platform each, of which the others are not wanted.
  return [...new Set(wanted)].filter((name) => !name.includes("/binding-") && !isHere(name));
}

/** Installs the tracers that Tracekeep is compared with, if they are not there. */
export async function installPeers(say: (line: string) => void): Promise<void> {
  if (peersAreInstalled()) return;
  say("Installing the tracers to compare with: npm ci --prefix bench/peers (200 MB)");
  await promisify(execFile)("npm", ["ci", "--prefix", FOLDER]);
  const missing = missingOptionalPackages();
  if (missing.length > 0)
    say(`Not installed, since they are optional and not to be had here: ${missing.join(", ")}`);
}
