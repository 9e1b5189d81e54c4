import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const text = readFileSync(join(root, "docs/SECURITY.md"), "utf8");

/** `[name](../path/of.test.ts): title of the test` */
const REFERENCE = /\[[^\]]+\]\(\.\.\/([^)]+\.test\.ts)\): (.+)/;

const BOUNDARIES = [
  "Client to edge",
  "Service to service",
  "Service to Sentry and OTLP",
  "Service to recall peers",
  "Configuration and environment",
  "The spool on disk",
  "Logs",
  "The metrics port",
  "The crash's child process",
  "The viewer",
  "The supply chain",
  "Developers' own attributes",
];

/** The document's sections by their headings. */
const sections = new Map(
  text
    .split(/^## /m)
    .slice(1)
    .map((section): [string, string] => [section.slice(0, section.indexOf("\n")), section]),
);

/** The cells of a section's table, without its head. */
function rowsOf(section: string): string[][] {
  return Array.from(section.matchAll(/^\| (.*) \|$/gm), ([, cells = ""]) => cells.split(" | ")).slice(1);
}

/** What is wrong with the tests that a table's last cell names. */
function faultsOf(cell: string): string[] {
  return cell.split("<br>").flatMap((reference) => {
    const [, file = "", title = ""] = REFERENCE.exec(reference) ?? [];
    if (file === "") return [`"${reference}" names no test`];
    if (!existsSync(join(root, file))) return [`there is no ${file}`];
    const source = readFileSync(join(root, file), "utf8");
    const written = [`"${title}"`, `\`${title}\``, JSON.stringify(title)];
    return written.some((quoted) => source.includes(quoted)) ? [] : [`${file} has no test "${title}"`];
  });
}

test("docs/SECURITY.md has every trust boundary, with what an attacker could do and what does not hold", () => {
  expect([...sections.keys()]).toEqual(expect.arrayContaining(BOUNDARIES));
  for (const boundary of BOUNDARIES) {
    const section = sections.get(boundary) ?? "";
    expect(rowsOf(section).length, boundary).toBeGreaterThan(0);
    expect(section, boundary).toContain("**Does not hold:**");
  }
});

test.each(BOUNDARIES)("%s: every defence names tests, and these are there", (boundary) => {
  const rows = rowsOf(sections.get(boundary) ?? "");
  expect(rows.filter((row) => row.length !== 3)).toEqual([]);
  expect(rows.flatMap((row) => faultsOf(row[2] ?? ""))).toEqual([]);
});

test("a test that was renamed or removed would be noticed", () => {
  const own = "[this](../scripts/security-document.test.ts)";
  expect(faultsOf(`${own}: a test that was renamed or removed would be noticed`)).toEqual([]);
  expect(faultsOf(`${own}: another ${"title"}`)).toHaveLength(1);
  expect(faultsOf("[gone](../scripts/gone.test.ts): a test")).toEqual(["there is no scripts/gone.test.ts"]);
  expect(faultsOf("see the tests")).toEqual(['"see the tests" names no test']);
});
