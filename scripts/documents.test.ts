import { execFileSync } from "node:child_process";
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseEnv } from "node:util";
import { describe, expect, test } from "vitest";
import { SENTRY_ENVIRONMENT_USAGE } from "../common/tracing/src/cli/sentry/session.ts";
import { TRACING_VARIABLES } from "../common/tracing/src/config/variables.ts";
import { anchorsOf, codeOf, linksOf } from "./markdown.ts";

const root = join(import.meta.dirname, "..");
const textOf = (file: string): string => readFileSync(join(root, file), "utf8");
const PAGES = globSync(["*.md", "docs/*.md", "{common,services}/*/README.md", "viewer/README.md"], {
  cwd: root,
}).sort();

const VARIABLE = /(?<!\w)(TRACE|TRACING|SENTRY|METRICS|SHUTDOWN)_[A-Z_]*[A-Z]/g;
const VARIABLES = new Set([
  ...Object.keys(TRACING_VARIABLES),
  ...globSync("services/*/.env.example", { cwd: root }).flatMap((file) =>
    Object.keys(parseEnv(textOf(file))),
  ),
  ...(SENTRY_ENVIRONMENT_USAGE.match(VARIABLE) ?? []),
  // Self-hosted Sentry's own.
  "SENTRY_EVENT_RETENTION_DAYS",
]);

const COMMAND = /(?:npx tracekeep|cli\/main\.ts|"tracekeep) ((?:sentry )?[a-z][a-z-]*)/g;
const COMMANDS = commandsOf(
  execFileSync(process.execPath, ["common/tracing/src/cli/main.ts", "help"], { cwd: root, encoding: "utf8" }),
);

describe.each(PAGES)("%s", (page) => {
  const text = textOf(page);
  const code = codeOf(text, ["sh", "promql"]).join("\n");

  test("links lead to files and headings that are there", () => {
    const inside = linksOf(text).filter((link) => !/^[a-z]+:/.test(link));
    expect(inside.filter((link) => !isThere(page, link))).toEqual([]);
  });

  test("variables that look like ours exist", () => {
    const named = code.match(VARIABLE) ?? [];
    expect(named.filter((name) => !VARIABLES.has(name))).toEqual([]);
  });

  test("npm scripts and commands exist", () => {
    const scripts = Array.from(code.matchAll(/npm run ([\w:-]+)(?: -w (\S+))?/g));
    const missing = scripts.filter(([, name = "", workspace]) => {
      const folders = workspace === undefined ? [".", dirname(page)] : [workspace];
      return !folders.some((folder) => scriptsOf(folder).includes(name));
    });
    expect(missing.map(([whole]) => whole)).toEqual([]);
    const commands = Array.from(code.matchAll(COMMAND), ([, name = ""]) => name);
    expect(commands.filter((name) => !COMMANDS.includes(name))).toEqual([]);
  });
});

test("README.md tells of every document and every command", () => {
  const readme = textOf("README.md");
  const links = linksOf(readme);
  const documents = globSync("docs/*.md", { cwd: root });
  expect(documents.length).toBeGreaterThan(10);
  expect(documents.filter((file) => !links.includes(file))).toEqual([]);
  expect(COMMANDS.length).toBeGreaterThan(5);
  expect(COMMANDS.filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
});

/** Whether what a page links to is there. */
function isThere(page: string, link: string): boolean {
  const [path = "", anchor] = link.split("#");
  const file = path === "" ? page : join(dirname(page), path);
  if (!existsSync(join(root, file))) return false;
  return anchor === undefined || anchorsOf(textOf(file)).has(anchor);
}

function scriptsOf(folder: string): string[] {
  const file = join(folder, "package.json");
  return existsSync(join(root, file)) ? Object.keys(JSON.parse(textOf(file)).scripts ?? {}) : [];
}

function commandsOf(usage: string): string[] {
  return Array.from(usage.matchAll(/^ {2}([a-z-]+(?: [a-z-]+)?) {2,}/gm), ([, name = ""]) => name);
}
