import { type Finding, fault, ok, warning } from "../finding.ts";
import { copiesOf, places } from "./copies.ts";
import { findPackage, type InstalledPackage, type PackageTree } from "./tree.ts";

const GRPC = "@grpc/grpc-js";
/** The first with server interceptors. */
const OLDEST = "1.12.0";

/** The copy that the service makes its server with, and those that others bring. */
export function checkGrpcCopies(tree: PackageTree): Finding[] {
  const copies = copiesOf(tree, GRPC);
  const old = copies.filter(isOld);
  const own = ownFolder(tree);
  return [
    ...old.filter(({ folder }) => folder === own).map(withoutInterceptors),
    ...checkVersions(copies.filter((copy) => !isOld(copy))),
    ...checkOldOfOthers(old.filter(({ folder }) => folder !== own)),
  ];
}

/** What Node finds for the service's own imports, whether the service names it among its dependencies or not. */
function ownFolder({ installed: [service] }: PackageTree): string | undefined {
  return service && findPackage(service.folder, GRPC);
}

function isOld({ version }: InstalledPackage): boolean {
  return version.localeCompare(OLDEST, "en", { numeric: true }) < 0;
}

function withoutInterceptors({ version }: InstalledPackage): Finding {
  return fault(
    GRPC,
    `${version} has no server interceptors: incoming calls are not traced`,
    `run "npm install ${GRPC}@^${OLDEST}"`,
  );
}

/** Calls of every copy are traced, but TypeScript takes the classes of two versions for different ones. */
function checkVersions(copies: readonly InstalledPackage[]): Finding[] {
  const versions = new Set(copies.map(({ version }) => version));
  if (versions.size === 0) return [];
  if (versions.size === 1) return [ok(GRPC, [...versions].join(""))];
  return [
    warning(
      GRPC,
      `is installed in ${versions.size} versions (${places(copies)}): calls of each are traced, but TypeScript refuses to mix their types`,
      `run "npm dedupe ${GRPC}", or fix one version with "overrides" in package.json`,
    ),
  ];
}

/** Mostly of a library that only makes calls: a copy of its own keeps no call to the service from being traced. */
function checkOldOfOthers(copies: readonly InstalledPackage[]): Finding[] {
  if (copies.length === 0) return [];
  return [
    warning(
      GRPC,
      `is also there without server interceptors (${places(copies)}): a server that is made with it is not traced`,
      `nothing, if no server is made with it; otherwise update ${bringers(copies)}`,
    ),
  ];
}

function bringers(copies: readonly InstalledPackage[]): string {
  return [...new Set(copies.map(({ via }) => via.at(-1) ?? GRPC))].join(", ");
}
