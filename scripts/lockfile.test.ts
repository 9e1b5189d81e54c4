import { describe, expect, test } from "vitest";
import { type Lockfile, lockfileFaults, readJson } from "./lockfile.ts";

const integrity = `sha512-${"a".repeat(86)}==`;
const good: Lockfile = {
  lockfileVersion: 3,
  packages: {
    "": {},
    ledger: { version: "1.0.0" },
    "node_modules/ledger": { resolved: "ledger", link: true },
    "node_modules/pg": { version: "8.0.0", integrity },
    "node_modules/pg/node_modules/@native/addon": { version: "1.0.0", integrity, hasInstallScript: true },
  },
};
const allowed = { "@native/addon": false };

const withPg = (pg: object): Lockfile => ({
  ...good,
  packages: { ...good.packages, "node_modules/pg": { version: "8.0.0", integrity, ...pg } },
});

describe("the lockfile", () => {
  test("of this repository pins every package by its hash, names no host, and has no undecided install script", () => {
    const { allowScripts } = readJson<{ allowScripts: Record<string, boolean> }>("package.json");
    const lock = readJson<Lockfile>("package-lock.json");
    expect(Object.keys(lock.packages).length).toBeGreaterThan(100);
    expect(lockfileFaults(lock, allowScripts)).toEqual([]);
  });

  test("may name workspaces, and scripts that were decided on", () => {
    expect(lockfileFaults(good, allowed)).toEqual([]);
  });

  test.each([
    ["no hash", withPg({ integrity: undefined }), "node_modules/pg has no sha512 integrity"],
    ["a weak hash", withPg({ integrity: "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=" }), "has no sha512 integrity"],
    ["a host", withPg({ resolved: "https://mirror.example/pg.tgz" }), "is resolved to mirror.example"],
    [
      "a repository",
      withPg({ resolved: "git+ssh://git@git.example/pg.git#1" }),
      "is resolved to git.example",
    ],
    ["a local archive", withPg({ resolved: "file:../pg.tgz" }), "is resolved to file:../pg.tgz"],
    ["an install script", withPg({ hasInstallScript: true }), "node_modules/pg has an install script"],
    ["an old version", { ...good, lockfileVersion: 1 }, "lockfileVersion is 1"],
  ])("is refused for %s", (_, lock, fault) => {
    expect(lockfileFaults(lock, allowed)).toEqual([expect.stringContaining(fault)]);
  });

  test("is refused if a decision on a script has outlived its package", () => {
    expect(lockfileFaults(good, { ...allowed, gone: true })).toEqual([expect.stringContaining("gone")]);
  });
});
