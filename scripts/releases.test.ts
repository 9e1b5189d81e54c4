import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { VERSION } from "../common/tracing/src/version.ts";
import { readJson } from "./lockfile.ts";

const root = join(import.meta.dirname, "..");
const SERVICES = ["gateway", "ledger", "payroll", "treasury"];
const textOf = (file: string): string => readFileSync(join(root, file), "utf8");

test.each(["common/tracing", "viewer"])(
  "the changelog of %s begins with the version that it has",
  (folder) => {
    const { name, version } = readJson<{ name: string; version: string }>(`${folder}/package.json`);
    const [title, latest] = textOf(`${folder}/CHANGELOG.md`).match(/^#{1,2} .+$/gm) ?? [];
    expect([title, latest]).toEqual([`# ${name}`, `## ${version}`]);
  },
);

test("the library says the version of its package", () => {
  expect(VERSION).toBe(readJson<{ version: string }>("common/tracing/package.json").version);
});

test.each(globSync("deploy/kubernetes/overlays/*/kustomization.yaml", { cwd: root }))(
  "%s deploys the services in the versions that they have",
  (file) => {
    const images: { name: string; newTag: string }[] = parse(textOf(file)).images;
    expect(images.map(({ name }) => name.replace("tracekeep/", ""))).toEqual(SERVICES);
    for (const { name, newTag } of images) {
      const { version } = readJson<{ version: string }>(
        `${name.replace("tracekeep", "services")}/package.json`,
      );
      expect(newTag, name).toBe(version);
    }
  },
);

const workflows = globSync(".github/workflows/*.yml", { cwd: root });

test.each(workflows)("%s uses actions by their commit, and may only read unless a job says more", (file) => {
  const { permissions } = parse(textOf(file));
  expect(permissions).toEqual({ contents: "read" });
  const used = Array.from(textOf(file).matchAll(/uses: (.+)/g), ([, action = ""]) => action);
  expect(used.length).toBeGreaterThan(0);
  expect(used.filter((action) => !/^\.\/|^[\w/-]+@[0-9a-f]{40} # v\d/.test(action))).toEqual([]);
});

test("the checks run in the Node.js that the project is run by", () => {
  const { jobs } = parse(textOf(".github/workflows/ci.yml"));
  expect(jobs.check.container).toBe(`node:${textOf(".node-version").trim()}-bookworm`);
});
