import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Finding, notChecked } from "../finding.ts";
import { checkApiCopies } from "../packages/api-copies.ts";
import { checkGrpcCopies } from "../packages/grpc-copies.ts";
import { checkInstallation } from "../packages/installation.ts";
import { checkOtherTracers } from "../packages/other-tracers.ts";
import { type PackageTree, packageFolder, readTree } from "../packages/tree.ts";

const NAME = "packages";

/** What the service in this folder loads: Tracekeep, its peers, and what may come between them. */
export function checkPackages(cwd: string): Finding[] {
  const folder = packageFolder(cwd);
  if (folder === undefined) {
    return [notChecked(NAME, `${cwd} belongs to no package; run this in the service's folder`)];
  }
  if (usesPlugAndPlay(folder))
    return [notChecked(NAME, "Yarn's Plug'n'Play has no node_modules to look into")];
  const tree = tryToRead(folder);
  if (tree === undefined) return [notChecked(NAME, `a package.json below ${folder} cannot be read`)];
  const installation = checkInstallation(tree);
  if (installation.length === 0) {
    return [
      notChecked(
        NAME,
        `${folder}/package.json does not depend on tracekeep; run this in the service's folder`,
      ),
    ];
  }
  return [...installation, ...checkApiCopies(tree), ...checkGrpcCopies(tree), ...checkOtherTracers(tree)];
}

function tryToRead(folder: string): PackageTree | undefined {
  try {
    return readTree(folder);
  } catch {
    return undefined;
  }
}

function usesPlugAndPlay(folder: string): boolean {
  if (existsSync(join(folder, ".pnp.cjs"))) return true;
  return dirname(folder) !== folder && usesPlugAndPlay(dirname(folder));
}
