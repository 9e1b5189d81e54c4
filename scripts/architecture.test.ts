import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const sources = join(root, "common/tracing/src");

/** The folders in the order in which the document lists them. */
function documentedFolders(): string[] {
  const text = readFileSync(join(root, "docs/ARCHITECTURE.md"), "utf8");
  const table = text.slice(text.indexOf("## Folders"), text.indexOf("## Decisions"));
  return Array.from(table.matchAll(/^\| ((?:`[a-z]+`(?:, )?)+) \|/gm), ([, names]) => names ?? "")
    .flatMap((names) => names.split(", "))
    .map((name) => name.replaceAll("`", ""));
}

test("every folder of the library imports only from folders that ARCHITECTURE.md lists above it", () => {
  const order = documentedFolders();
  const files = globSync("*/**/*.ts", { cwd: sources }).filter((file) => !file.endsWith(".test.ts"));
  const wrong: string[] = [];
  for (const file of files) {
    const folder = file.split("/")[0] ?? "";
    expect(order, `the folder ${folder} is in the table`).toContain(folder);
    const imports = readFileSync(join(sources, file), "utf8").matchAll(/from "\.\.\/([a-z]+)\//g);
    for (const [, imported] of imports) {
      if (order.indexOf(imported ?? "") >= order.indexOf(folder)) wrong.push(`${file} imports ${imported}`);
    }
  }
  expect(files.length).toBeGreaterThan(30);
  expect(wrong).toEqual([]);
});
