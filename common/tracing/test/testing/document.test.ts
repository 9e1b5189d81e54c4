import { execFile } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";

const page = readFileSync(join(import.meta.dirname, "../../../../docs/TESTING.md"), "utf8");
const file = join(import.meta.dirname, "fixtures/document.local.ts");
afterAll(() => rmSync(file, { force: true }));

test("the page's example runs as it stands", { timeout: 60_000 }, async () => {
  const [, example = ""] = /```ts\n([\s\S]+?)```/.exec(page) ?? [];
  writeFileSync(file, example);
  const { stdout } = await promisify(execFile)(process.execPath, ["--test", file]);
  expect(stdout).toMatch(/pass 1\n/);
  expect(stdout).toMatch(/fail 0\n/);
});

test("every expectation of the page is one, and none is missing", () => {
  const told = Array.from(page.matchAll(/`\.?(\w+)\((?:match|count|reason|\))/g), (match) => match[1]);
  const source = readFileSync(join(import.meta.dirname, "../../src/testing/expect-trace.ts"), "utf8");
  const declared = Array.from(source.matchAll(/^ {2}(\w+)\(.*\): (?:Span|Trace)Expectation;/gm), (m) => m[1]);
  expect(declared.length).toBeGreaterThan(8);
  expect([...new Set(told)].sort()).toEqual([...new Set(declared)].sort());
});
