import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { watchFolder } from "./folder-watch.ts";
import { holdsSources, servicesMadeOf } from "./folders.ts";

let root: string;
let end: () => void;
let changed: Set<string>;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "tracekeep-watch-"));
  for (const folder of ["src/deep", "node_modules/other"])
    await mkdir(join(root, folder), { recursive: true });
  for (const file of ["src/a.ts", "src/deep/b.ts", "node_modules/other/c.ts"]) await write(file);
  changed = new Set();
  end = watchFolder(root, {
    enter: (folder) => folder !== "node_modules",
    changed: (file) => changed.add(file),
  });
});
afterEach(async () => {
  end();
  await rm(root, { recursive: true });
});

const write = (file: string) => writeFile(join(root, file), String(Math.random()));

async function expectSeen(file: string): Promise<void> {
  await expect.poll(() => changed.has(file), { timeout: 10_000 }).toBe(true);
  changed.clear();
}

test("a file that is written, replaced, removed or made is seen, each time, at any depth", async () => {
  for (const file of ["src/a.ts", "src/deep/b.ts"]) {
    for (let round = 0; round < 3; round++) {
      await write(file);
      await expectSeen(file);
      await write("new");
      await rename(join(root, "new"), join(root, file));
      await expectSeen(file);
    }
    await rm(join(root, file));
    await expectSeen(file);
    await write(file);
    await expectSeen(file);
  }
});

test("a new folder is seen with its files, also after one of its name was removed", async () => {
  for (let round = 0; round < 2; round++) {
    await mkdir(join(root, "node_modules/new/er"), { recursive: true });
    await write("node_modules/new/er/d.ts");
    await rename(join(root, "node_modules/new"), join(root, "src/new"));
    await expectSeen("src/new/er/d.ts");
    await write("src/new/er/d.ts");
    await expectSeen("src/new/er/d.ts");
    await rm(join(root, "src/new"), { recursive: true });
    await expectSeen("src/new");
  }
});

test("folders that are not to be entered are not watched", async () => {
  await write("node_modules/other/c.ts");
  await write("src/a.ts");
  await expect.poll(() => changed.has("src/a.ts"), { timeout: 10_000 }).toBe(true);
  expect([...changed]).toEqual(["src/a.ts"]);
});

test.each([
  ["services/ledger/src/main.ts", ["ledger"]],
  ["services/ledger/package.json", ["ledger"]],
  ["services/ledger/.env", ["ledger"]],
  ["services/ledger/src/main.test.ts", []],
  ["services/ledger/README.md", []],
  ["common/service/src/index.ts", ["treasury", "ledger", "payroll", "gateway"]],
  ["proto/ledger/v1/ledger.ts", ["treasury", "ledger", "payroll", "gateway"]],
  [".env", ["treasury", "ledger", "payroll", "gateway"]],
  ["package.json", []],
])("a change of %s starts anew %j", (file, services) => {
  expect(servicesMadeOf(file)).toEqual(services);
});

test.each([
  ["services/ledger/src/requests", true],
  ["proto/ledger/v1", true],
  ["common/tracing/test", false],
  ["services/ledger/node_modules", false],
  ["viewer", false],
  ["node_modules", false],
])("whether the folder %s is watched: %s", (folder, watched) => {
  expect(holdsSources(folder)).toBe(watched);
});
