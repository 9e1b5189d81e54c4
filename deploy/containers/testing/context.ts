import { cpSync, globSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import dockerignore from "@balena/dockerignore";

/** Not in a clean clone, and too much to look through. */
const SKIPPED = /(?:^|\/)(?:node_modules|\.git)$/;

/** Copies what .dockerignore lets through, the context of a build, and returns the names of the files. */
export function copyContext(root: string, to: string): string[] {
  const rules = dockerignore.default().add(readFileSync(join(root, ".dockerignore"), "utf8"));
  const all = globSync(["**/*", "**/.*"], { cwd: root, exclude: (name) => SKIPPED.test(name) });
  const files = rules.filter(all).filter((name) => statSync(join(root, name)).isFile());
  for (const name of files) cpSync(join(root, name), join(to, name));
  return files;
}
