import { type Finding, fault, ok, warning } from "../finding.ts";
import type { InstalledPackage, PackageTree } from "./tree.ts";

const API = "@opentelemetry/api";
const GRPC = "@grpc/grpc-js";
/** The first with server interceptors. */
const OLDEST_GRPC = "1.12.0";

/** OpenTelemetry's API: only one version of it can be registered in a process. */
export function checkApiCopies(tree: PackageTree): Finding[] {
  const copies = copiesOf(tree, API);
  const versions = new Set(copies.map(({ version }) => version));
  if (versions.size === 0) return [];
  if (versions.size === 1) return [ok(API, [...versions].join(""))];
  return [
    warning(
      API,
      `is installed in ${versions.size} versions (${places(copies)}): spans made with another one than the service's may be lost`,
      `run "npm dedupe ${API}", or fix one version with "overrides" in package.json`,
    ),
  ];
}

/** grpc-js: calls of every copy are traced, but TypeScript takes the classes of two versions for different ones. */
export function checkGrpcCopies(tree: PackageTree): Finding[] {
  const copies = copiesOf(tree, GRPC);
  const old = copies.find(({ version }) => version.localeCompare(OLDEST_GRPC, "en", { numeric: true }) < 0);
  if (old !== undefined) {
    const message = `${old.version} has no server interceptors: incoming calls are not traced`;
    return [fault(GRPC, message, `run "npm install ${GRPC}@^${OLDEST_GRPC}"`)];
  }
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

function copiesOf({ installed }: PackageTree, wanted: string): InstalledPackage[] {
  return installed.filter(({ name }) => name === wanted);
}

function places(copies: readonly InstalledPackage[]): string {
  return copies.map(({ version, via }) => `${version} by ${via.at(-1) ?? "itself"}`).join(", ");
}
