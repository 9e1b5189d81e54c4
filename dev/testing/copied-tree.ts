import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { onTestFinished } from "vitest";
import { ROOT } from "./dev-process.ts";

const COPIED = ["common", "demo", "dev", "proto", "services", "viewer", "package.json", "tsconfig.json"];
const LEFT_OUT = new Set(["node_modules", "dist", ".env"]);
const WORKSPACES: Readonly<Record<string, string>> = {
  tracekeep: "common/tracing",
  "tracekeep-viewer": "viewer",
  "@tracekeep/proto": "proto",
  "@tracekeep/service": "common/service",
};

/** A copy of the sources that a test may change; other packages are those of this tree. */
export class CopiedTree {
  readonly root: string;

  /** Use `copyTree`. */
  constructor(root: string) {
    this.root = root;
  }

  /** Changes a file's text in place. */
  async edit(file: string, change: (text: string) => string): Promise<void> {
    const path = join(this.root, file);
    await writeFile(path, change(await readFile(path, "utf8")));
  }

  /** Puts a new file in the old one's place, as many editors and git do. */
  async replace(file: string, change: (text: string) => string): Promise<void> {
    const path = join(this.root, file);
    await writeFile(`${path}.new`, change(await readFile(path, "utf8")));
    await rename(`${path}.new`, path);
  }

  async write(file: string, text: string): Promise<void> {
    await writeFile(join(this.root, file), text);
  }
}

/** Makes a copy for the running test, with which it goes. */
export async function copyTree(): Promise<CopiedTree> {
  const root = await mkdtemp(join(tmpdir(), "tracekeep-tree-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const filter = (path: string): boolean => !LEFT_OUT.has(basename(path));
  for (const name of COPIED) await cp(join(ROOT, name), join(root, name), { recursive: true, filter });
  const modules = join(root, "node_modules");
  await mkdir(join(modules, "@tracekeep"), { recursive: true });
  for (const name of await readdir(join(ROOT, "node_modules"))) {
    if (name !== "@tracekeep" && !(name in WORKSPACES))
      await symlink(join(ROOT, "node_modules", name), join(modules, name));
  }
  for (const [name, folder] of Object.entries(WORKSPACES))
    await symlink(join(root, folder), join(modules, name));
  return new CopiedTree(root);
}
