import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readJson } from "./lockfile.ts";

/** Packages that have a version of their own. */
const PACKAGES = ["common/*", "services/*", "proto", "viewer"].map((folder) => `${folder}/package.json`);

/** Where a version stands that changesets does not know of. A pattern finds what precedes it, with the package's name. */
const PLACES = [
  { files: "common/tracing/src/version.ts", pattern: /(VERSION = ")()[^"]+/g, scope: "tracekeep" },
  {
    files: "docs/SERVICE_DEVELOPMENT.md",
    pattern: /("((?:@tracekeep\/|tracekeep)[\w-]*)": ")[^"]+/g,
    scope: "",
  },
  {
    files: "deploy/kubernetes/overlays/*/kustomization.yaml",
    pattern: /(name: tracekeep\/([\w-]+),.* newTag: )[^\s,}]+/g,
    scope: "@tracekeep/",
  },
];

/** Brings all other places in the repository at `root` to the versions of its packages. */
export function followVersions(root: string): void {
  const versions = new Map(
    globSync(PACKAGES, { cwd: root }).map((file) => {
      const { name, version } = readJson<{ name: string; version: string }>(file, root);
      return [name, version];
    }),
  );
  for (const { files, pattern, scope } of PLACES)
    for (const file of globSync(files, { cwd: root })) {
      const path = join(root, file);
      const text = readFileSync(path, "utf8").replace(pattern, (found, before: string, name: string) => {
        const version = versions.get(`${scope}${name}`);
        return version === undefined ? found : `${before}${version}`;
      });
      writeFileSync(path, text);
    }
}
