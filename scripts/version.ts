import { execFileSync } from "node:child_process";
import { globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readJson } from "./lockfile.ts";

/** Where a version stands that changesets does not know of. */
const VERSION_FILE = "common/tracing/src/version.ts";
const GUIDE = "docs/SERVICE_DEVELOPMENT.md";

const root = join(import.meta.dirname, "..");

/** Carries out the waiting changesets: versions, changelogs, and all that has to follow. */
function version(): void {
  execFileSync(process.execPath, [join(root, "node_modules/@changesets/cli/bin.js"), "version"], {
    cwd: root,
    stdio: "inherit",
  });
  const manifests = globSync(
    ["common/*/package.json", "services/*/package.json", "proto/package.json", "viewer/package.json"],
    { cwd: root },
  );
  const versions = new Map(
    manifests.map((file) => {
      const { name, version } = readJson<{ name: string; version: string }>(file, root);
      return [name, version];
    }),
  );
  rewrite(VERSION_FILE, /"[\d.]+[^"]*"/g, () => `"${versions.get("tracekeep")}"`);
  rewrite(GUIDE, /"((?:@tracekeep\/|tracekeep)[\w-]*)": "[\d.]+[^"]*"/g, (text, name = "") =>
    versions.has(name) ? `"${name}": "${versions.get(name)}"` : text,
  );
  // What is not published has no readers of changelogs.
  for (const file of globSync(
    ["common/service", "services/*", "proto", "acceptance", "bench", "deploy"].map(
      (folder) => `${folder}/CHANGELOG.md`,
    ),
    { cwd: root },
  ))
    rmSync(join(root, file));
  execFileSync("npm", ["install", "--package-lock-only", "--ignore-scripts"], {
    cwd: root,
    stdio: "inherit",
  });
}

function rewrite(file: string, pattern: RegExp, to: (text: string, name?: string) => string): void {
  const path = join(root, file);
  writeFileSync(path, readFileSync(path, "utf8").replace(pattern, to));
}

version();
