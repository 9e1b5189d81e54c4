import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Lockfile, nameOf, readJson } from "./lockfile.ts";
import { productionPackages } from "./production-packages.ts";

/** SPDX ids that put no condition on those who use the packages or services, but to name the authors. */
const ALLOWED = new Set([
  "0BSD",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "BlueOak-1.0.0",
  "ISC",
  "MIT",
]);

/** What is published or deployed, and the workspaces that it is made of. */
const PRODUCTS: Readonly<Record<string, readonly string[]>> = {
  tracekeep: ["common/tracing"],
  "tracekeep-viewer": ["viewer"],
  services: ["services/gateway", "services/ledger", "services/payroll", "services/treasury"],
};

/** What the build puts into a package although it is no dependency of it. */
const BUNDLED: Readonly<Record<string, readonly string[]>> = {
  tracekeep: ["node_modules/@bufbuild/protobuf", "node_modules/yaml", "node_modules/zod"],
};

export interface LicensedPackage {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  /** The products that it is a part of. */
  readonly products: readonly string[];
}

interface LicensedManifest {
  readonly version?: string;
  readonly license?: string;
}

/** Whether an SPDX expression leaves a choice that is allowed; all of an AND have to be. One with inner brackets is not read. */
export function isAllowed(expression: string): boolean {
  return expression
    .replace(/^\((.*)\)$/, "$1")
    .split(" OR ")
    .some((choice) => choice.split(" AND ").every((id) => ALLOWED.has(id)));
}

/** All packages that products bring along, by name. */
function licensedPackages(root: string): LicensedPackage[] {
  const { packages } = readJson<Lockfile>("package-lock.json", root);
  const products = Map.groupBy(
    Object.entries(PRODUCTS).flatMap(([product, workspaces]) => {
      const bundled = (BUNDLED[product] ?? []).filter((path) => path in packages);
      const all = new Set([...productionPackages(packages, workspaces), ...bundled]);
      return Array.from(all, (path) => ({ path, product }));
    }),
    ({ path }) => path,
  );
  return Array.from(products, ([path, uses]) => {
    // A package for another platform is in the lockfile alone.
    const installed = existsSync(join(root, path));
    const manifest: LicensedManifest = installed
      ? readJson(join(path, "package.json"), root)
      : (packages[path] ?? {});
    const { version = "", license = "" } = manifest;
    return {
      name: nameOf(path),
      version,
      licence: license || "none",
      products: uses.map(({ product }) => product),
    };
  }).sort((a, b) => `${a.name} ${a.version}`.localeCompare(`${b.name} ${b.version}`, "en"));
}

/** docs/LICENCES.md */
export function licencesDocument(packages: readonly LicensedPackage[]): string {
  const rows = packages.map(
    ({ name, version, licence, products }) =>
      `| ${name} | ${version} | ${licence} | ${products.join(", ")} |`,
  );
  return `# Licences

What the published packages and the services bring along: ${packages.length} packages. Written by \`npm run licences\`;
\`npm run licences -- --check\` fails where this page is stale, or where a licence is none of ${[...ALLOWED].join(", ")}.

| package | version | licence | part of |
|---|---|---|---|
${rows.join("\n")}
`;
}

if (import.meta.main) {
  const root = join(import.meta.dirname, "..");
  const file = join(root, "docs/LICENCES.md");
  const packages = licensedPackages(root);
  const text = licencesDocument(packages);
  const refused = packages.filter(({ licence }) => !isAllowed(licence));
  for (const { name, licence } of refused) console.error(`${name} has the licence ${licence}: not allowed`);
  const check = process.argv.includes("--check");
  const stale = check && (!existsSync(file) || readFileSync(file, "utf8") !== text);
  if (stale) console.error("docs/LICENCES.md is stale: run npm run licences");
  if (!check) writeFileSync(file, text);
  process.exitCode = stale || refused.length > 0 ? 1 : 0;
}
