import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { watchFolder } from "./folder-watch.ts";

test("a folder that is removed and made anew at once, as git does it, is still watched", async () => {
  const root = mkdtempSync(join(tmpdir(), "tracekeep-watch-"));
  const folder = join(root, "src/deep");
  mkdirSync(folder, { recursive: true });
  const changed = new Set<string>();
  const end = watchFolder(root, { enter: () => true, changed: (file) => changed.add(file) });
  onTestFinished(() => {
    end();
    rmSync(root, { recursive: true });
  });
  for (const gone of [join(root, "src"), folder]) {
    rmSync(gone, { recursive: true });
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "a.ts"), "1");
    await expect.poll(() => changed.has("src/deep/a.ts")).toBe(true);
    // What came of the old folder is over.
    await new Promise((over) => setTimeout(over, 200));
    changed.clear();
    writeFileSync(join(folder, "a.ts"), "2");
    await expect.poll(() => changed.has("src/deep/a.ts")).toBe(true);
    changed.clear();
  }
});
