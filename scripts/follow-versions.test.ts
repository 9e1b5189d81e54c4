import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { followVersions } from "./follow-versions.ts";

const ROOT = join(import.meta.dirname, "..");
const PACKAGES = [
  "common/*/package.json",
  "services/*/package.json",
  "proto/package.json",
  "viewer/package.json",
];
const PLACES = [
  "common/tracing/src/version.ts",
  "docs/SERVICE_DEVELOPMENT.md",
  "deploy/kubernetes/overlays/*/kustomization.yaml",
];

test("when packages get new versions, so does every other place, and nothing else changes there", () => {
  const copy = mkdtempSync(join(tmpdir(), "tracekeep-versions-"));
  onTestFinished(() => rmSync(copy, { recursive: true }));
  const packages = globSync(PACKAGES, { cwd: ROOT });
  const places = globSync(PLACES, { cwd: ROOT });
  for (const file of [...packages, ...places]) cpSync(join(ROOT, file), join(copy, file));
  const textOf = (file: string, root = copy) => readFileSync(join(root, file), "utf8");
  // Each another one, so that none can be taken for another.
  const versions = new Map<string, string>();
  for (const [index, file] of packages.entries()) {
    const manifest = JSON.parse(textOf(file));
    versions.set(manifest.name, `9.${index}.0-rc.1`);
    writeFileSync(join(copy, file), JSON.stringify({ ...manifest, version: versions.get(manifest.name) }));
  }

  followVersions(copy);

  const of = (name: string) => versions.get(name);
  expect(textOf("common/tracing/src/version.ts")).toContain(`VERSION = "${of("tracekeep")}"`);
  for (const name of ["@tracekeep/proto", "@tracekeep/service", "tracekeep"])
    expect(textOf("docs/SERVICE_DEVELOPMENT.md")).toContain(`"${name}": "${of(name)}"`);
  for (const overlay of ["staging", "production"]) {
    const tags = textOf(`deploy/kubernetes/overlays/${overlay}/kustomization.yaml`).matchAll(
      /name: tracekeep\/(\w+), .*newTag: (\S+) \}/g,
    );
    const expected = ["gateway", "ledger", "payroll", "treasury"].map((name) => [
      name,
      of(`@tracekeep/${name}`),
    ]);
    expect(Array.from(tags, ([, name, tag]) => [name, tag])).toEqual(expected);
  }
  for (const file of places) {
    const without = (text: string) => text.replace(/9\.\d+\.0-rc\.1|\d+\.\d+\.\d+/g, "");
    expect(without(textOf(file)), file).toBe(without(textOf(file, ROOT)));
  }
});
