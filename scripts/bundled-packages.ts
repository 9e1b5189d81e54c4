import { globSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  /** The licence as it comes with the package, or where the package is from. */
  readonly text: string;
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly homepage?: string;
  readonly repository?: string | { readonly url: string };
}

/** The packages of others whose code is in the files of a folder, as its source maps tell, by name. */
export function bundledPackages(dist: string): BundledPackage[] {
  const folders = new Set<string>();
  for (const file of globSync("**/*.map", { cwd: dist })) {
    const map = join(dist, file);
    const { sources }: { readonly sources: readonly string[] } = JSON.parse(readFileSync(map, "utf8"));
    for (const source of sources) {
      const [folder] = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(resolve(dirname(map), source)) ?? [];
      if (folder !== undefined) folders.add(folder);
    }
  }
  return Array.from(folders, describe).sort((a, b) => a.name.localeCompare(b.name, "en"));
}

/** What has to go with their code: who wrote it, and on which terms. */
export function noticesOf(packages: readonly BundledPackage[]): string {
  const sections = packages.map(
    ({ name, version, licence, text }) => `${name} ${version} (${licence})\n\n${text}`,
  );
  return `The files of this package contain code of ${packages.length} others.\n\n${sections.join(`\n${"-".repeat(78)}\n\n`)}`;
}

function describe(folder: string): BundledPackage {
  const manifest: Manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const { name, version, license } = manifest;
  const files = readdirSync(folder).filter((file) => /^(?:licen[cs]e|notice)\b/i.test(file));
  const text = files.map((file) => readFileSync(join(folder, file), "utf8").trimEnd()).join("\n\n");
  return { name, version, licence: license, text: `${text || originOf(manifest)}\n` };
}

/** Some packages name their licence and leave its text in their repository. */
function originOf({ homepage, repository }: Manifest): string {
  const address = typeof repository === "object" ? repository.url : repository;
  return `The package holds no text of its licence. It is from ${address ?? homepage ?? "npm"}`;
}
