import { type Finding, ok, warning } from "../finding.ts";
import { copiesOf, places } from "./copies.ts";
import type { PackageTree } from "./tree.ts";

const API = "@opentelemetry/api";

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
