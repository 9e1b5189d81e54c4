import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isAllowed, licencesDocument } from "./licences.ts";
import { productionPackages } from "./production-packages.ts";

const root = join(import.meta.dirname, "..");
let copy: string;
beforeEach(() => {
  copy = mkdtempSync(join(tmpdir(), "tracekeep-licences-"));
});
afterEach(() => rmSync(copy, { recursive: true, force: true }));

/** Runs the script; resolves to its exit code and what it complained of. */
function licences(folder: string, ...args: string[]): Promise<{ code: number | null; complaints: string }> {
  return new Promise((resolve) => {
    const script = join(folder, "scripts/licences.ts");
    const child = execFile(process.execPath, [script, ...args], (_, __, complaints) =>
      resolve({ code: child.exitCode, complaints }),
    );
  });
}

/** A repository whose ledger needs one package, of this licence. */
function repositoryWith(license: string): void {
  const write = (file: string, content: object) => {
    mkdirSync(join(copy, file, ".."), { recursive: true });
    writeFileSync(join(copy, file), JSON.stringify(content));
  };
  write("package-lock.json", {
    lockfileVersion: 3,
    packages: { "services/ledger": { dependencies: { money: "1.0.0" } }, "node_modules/money": {} },
  });
  write("node_modules/money/package.json", { name: "money", version: "1.0.0", license });
  mkdirSync(join(copy, "docs"));
  for (const script of ["licences.ts", "lockfile.ts", "production-packages.ts"])
    cpSync(join(root, "scripts", script), join(copy, "scripts", script));
}

test("docs/LICENCES.md is what the installed packages say, and every licence is allowed", async () => {
  expect(await licences(root, "--check")).toEqual({ code: 0, complaints: "" });
});

test("a new licence makes the page stale until it is written again", async () => {
  repositoryWith("MIT");
  expect(await licences(copy, "--check")).toMatchObject({
    code: 1,
    complaints: expect.stringContaining("stale"),
  });
  expect(await licences(copy)).toEqual({ code: 0, complaints: "" });
  expect(await licences(copy, "--check")).toEqual({ code: 0, complaints: "" });
});

test.each(["AGPL-3.0-only", "UNLICENSED", "SEE LICENSE IN EULA", ""])(
  "the licence %j fails",
  async (license) => {
    repositoryWith(license);
    const { code, complaints } = await licences(copy);
    expect(complaints).toContain("money has the licence");
    expect(code).toBe(1);
  },
);

test("of an expression one choice has to be allowed, and all that it joins", () => {
  expect(isAllowed("(MIT OR GPL-3.0-only)")).toBe(true);
  expect(isAllowed("(Apache-2.0 AND BSD-3-Clause)")).toBe(true);
  expect(isAllowed("MIT AND GPL-3.0-only")).toBe(false);
  expect(isAllowed("GPL-3.0-only AND (GPL-2.0-only OR MIT)")).toBe(false);
});

test("the page names each package with its licence and what it is part of", () => {
  const page = licencesDocument([
    { name: "money", version: "1.0.0", licence: "MIT", products: ["services"] },
  ]);
  expect(page).toContain("| money | 1.0.0 | MIT | services |");
});

test("what a package needs is found where Node.js finds it, without what is for development only", () => {
  const packages = {
    app: { dependencies: { shared: "1", deep: "1" }, optionalDependencies: { windows: "1" } },
    lib: { dependencies: { left: "1" }, devDependencies: { tester: "1" } },
    "node_modules/shared": { link: true, resolved: "lib" },
    "node_modules/left": {},
    "node_modules/tester": {},
    "node_modules/deep": { dependencies: { left: "2" }, peerDependencies: { right: "1" } },
    "node_modules/deep/node_modules/left": {},
    "node_modules/right": {},
  };
  const right = [
    "node_modules/deep",
    "node_modules/deep/node_modules/left",
    "node_modules/left",
    "node_modules/right",
  ];
  expect([...productionPackages(packages, ["app"])].sort()).toEqual(right);
  expect(() => productionPackages({ app: { dependencies: { gone: "1" } } }, ["app"])).toThrow("gone");
});
