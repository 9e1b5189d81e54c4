import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ENTRIES } from "./harness/page.ts";

test("every entry of docs/TROUBLESHOOTING.md is reproduced by a test", () => {
  const tests = globSync("*.test.ts", { cwd: import.meta.dirname })
    .map((file) => readFileSync(join(import.meta.dirname, file), "utf8"))
    .join("\n");
  expect(ENTRIES.size).toBeGreaterThan(10);
  expect([...ENTRIES.keys()].filter((heading) => !tests.includes(`"${heading}"`))).toEqual([]);
});
