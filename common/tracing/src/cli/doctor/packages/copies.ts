import type { InstalledPackage, PackageTree } from "./tree.ts";

/** The copies of a package, each from another folder. */
export function copiesOf({ installed }: PackageTree, wanted: string): InstalledPackage[] {
  return installed.filter(({ name }) => name === wanted);
}

/** Which version comes by whom. */
export function places(copies: readonly InstalledPackage[]): string {
  return copies.map(({ version, via }) => `${version} by ${via.at(-1) ?? "itself"}`).join(", ");
}
