import { execFileSync } from "node:child_process";
import { globSync, rmSync } from "node:fs";
import { join } from "node:path";
import { followVersions } from "./follow-versions.ts";

const root = join(import.meta.dirname, "..");

/** Carries out the waiting changesets: versions, changelogs, and all that has to follow. */
function version(): void {
  execFileSync(process.execPath, [join(root, "node_modules/@changesets/cli/bin.js"), "version"], {
    cwd: root,
    stdio: "inherit",
  });
  followVersions(root);
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

version();
