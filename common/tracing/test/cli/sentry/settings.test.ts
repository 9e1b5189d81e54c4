import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { z } from "zod";
import { parseProjectFile } from "../../../src/cli/sentry/settings/faults.ts";
import { projectFile } from "../../../src/cli/sentry/settings/schema.ts";
import { TracekeepError } from "../../../src/tracekeep-error.ts";
import { runSentry, SHIPPED } from "./harness/project-file.ts";
import { startSentry } from "./harness/sentry-server.ts";

const NOWHERE = { url: "http://127.0.0.1:9" };
const ALIAS_BOMB = ["x", "*a", "*b", "*c", "*d"]
  .map((item, index) => `${"abcde"[index]}: &${"abcde"[index]} [${Array.from({ length: 9 }, () => item)}]\n`)
  .join("");

test.each([
  ["above: 1%", "above: 1", "monitors[0].above is 1; write a share such as 1%"],
  ["above: 1%", "above: 1 %", 'monitors[0].above is "1 %"; write a share such as 1%'],
  ["name: Error rate", "name: 5", "monitors[0].name is 5; write a text"],
  ["above: 1s", "above: 1%", 'monitors[2].above is "1%"; write a duration such as 1s or 250ms'],
  [
    "window: 1h",
    "window: 1hr",
    'monitors[0].window is "1hr"; write one of 5m, 10m, 15m, 30m, 1h, 2h, 4h; did you mean 1h?',
  ],
  [
    "measure: p95",
    "measure: p96",
    'monitors[2].measure is "p96"; write one of failure_rate, p50, p75, p95, p99; did you mean',
  ],
  ["priority: high", "priorty: high", "monitors[0].priorty is not a setting: did you mean priority?"],
  ["monitors:", "monitor:", "monitor is not a setting: did you mean monitors?"],
  ["window: 1h\n", "\n", "monitors[0].window is missing; write one of 5m"],
  [
    "name: p95 response time",
    "name: Error rate",
    'monitors[2].name is "Error rate"; give it a name of its own',
  ],
  [
    "notify: [owners]",
    "notify: [owners]\n    monitors: [Eror rate]",
    'alerts[0].monitors[0] is "Eror rate"; write one of',
  ],
  [
    "production: visible",
    "production: shown",
    'environments.production is "shown"; write one of visible, hidden',
  ],
  [
    "environments:",
    "retention: 90d\nenvironments:",
    "retention is not a setting: it goes with the plan or the server",
  ],
  ["environments:", "sampling: 0.1\nenvironments:", "sampling is not a setting: set it by hand"],
  ["environments:", "url: sentry\nenvironments:", 'url is "sentry"; write a URL such as https://sentry.io'],
  ["environments:", "constructor: x\nenvironments:", "constructor is not a setting: remove it"],
  ["environments:", "__proto__: x\nenvironments:", "__proto__ is not a setting: remove it"],
  ["name: Error rate", "name: '  '", 'monitors[0].name is "  "; write a name of 1 to 100 characters'],
  ["name: Error rate", 'name: "Error\\nrate"', 'monitors[0].name is "Error\\nrate"; write it on one line'],
  ["name: Tell the owners", 'name: "Tell\\ttwo"', 'alerts[0].name is "Tell\\ttwo"; write it on one line'],
  ["spans: is_transaction:true !has:parent_span", 'spans: "a:1\\nb:2"', "write it on one line"],
  ["environment: production", 'environment: "a\\nb"', "write it on one line"],
  ["production: visible", '"a\\nb": visible', 'environments has the name "a\\nb"; write it on one line'],
  ["production: visible", '" ": visible', 'environments has the name " "; write the name of an environment'],
  ["description: Visits", 'description: "\\0"\n    # ', "write a text without control characters"],
  ["alerts:", "alerts: [", "is no YAML:"],
  ["monitors:", "monitors: *nope\nrest:", "cannot be read: Unresolved alias"],
  ["monitors:", "monitors: &all [*all]\nrest:", "monitors[0] is a list; write a mapping"],
  ["environments:", `${ALIAS_BOMB}environments:`, "cannot be read: Excessive alias count"],
])("%j as %j: %s", (right, wrong, message) => {
  const told = faultsOf(() => parseProjectFile(SHIPPED.replace(right, wrong), "project.yaml"));
  expect(told).toContain(message);
});

/** What somebody who runs a command is told of faults; everything else would be a stack. */
function faultsOf(read: () => unknown): string | undefined {
  try {
    read();
  } catch (error) {
    if (error instanceof TracekeepError) return error.message;
    throw error;
  }
  return undefined;
}

test("a fault is told with the line that it stands in", async () => {
  const line = SHIPPED.split("\n").findIndex((text) => text.includes("above: 1%")) + 1;
  const { stderr } = await runSentry(NOWHERE, ["plan"], SHIPPED.replace("above: 1%", "above: 1"));
  expect(stderr).toBe(`tracekeep: project.yaml:${line} monitors[0].above is 1; write a share such as 1%\n`);
});

test("all faults of a file are told at once", async () => {
  const text = SHIPPED.replace("above: 1%", "above: x").replace("window: 10m", "window: x");
  const { stderr } = await runSentry(NOWHERE, ["plan"], text);
  expect(stderr.match(/^.*project\.yaml:\d+/gm)).toHaveLength(2);
});

test("teams without access to the project are named, with where they stand", async () => {
  const server = await startSentry();
  const text = SHIPPED.replace("team: platform", "team: platfrom").replace("[owners]", "[oners]");
  const { code, stderr } = await runSentry(server, ["apply"], text);
  expect(code).toBe(1);
  expect(stderr).toContain('monitors[0].team is "platfrom", a team without access to payments-production');
  expect(stderr).toContain('alerts[0].notify[0] is "oners"');
  expect(server.requests).toHaveLength(1);
});

test.each([
  [{ SENTRY_AUTH_TOKEN: "" }, "no token: set SENTRY_AUTH_TOKEN"],
  [{ SENTRY_AUTH_TOKEN: "secret-word\nnext" }, "SENTRY_AUTH_TOKEN has a character that no token has"],
  [{ SENTRY_AUTH_TOKEN: "secret-word–" }, "SENTRY_AUTH_TOKEN has a character that no token has"],
  [{ SENTRY_AUTH_TOKEN: "Bearer secret-word" }, "SENTRY_AUTH_TOKEN has a character that no token has"],
  [{ SENTRY_ORG: ".." }, "SENTRY_ORG is none: write a slug"],
  [{ SENTRY_PROJECT: "secret-word/" }, "SENTRY_PROJECT is none: write a slug"],
  [{ SENTRY_URL: "http://sentry.example.com" }, "http://sentry.example.com would get the token unencrypted"],
  [{ SENTRY_URL: "https://secret-word@sentry.example.com" }, "the URL of Sentry is none"],
  [{ SENTRY_URL: "https://me:secret-word@sentry.example.com" }, "the URL of Sentry is none"],
  [
    { HTTP_PROXY: "socks5://secret-word@127.0.0.1:9" },
    "the proxy in the environment is not an http or https",
  ],
])("%s is refused before anything is sent", async (env, message) => {
  const { code, stderr } = await runSentry(NOWHERE, ["plan"], SHIPPED, env);
  expect(code).toBe(1);
  expect(stderr).toContain(`tracekeep: ${message}`);
  expect(stderr).not.toContain("secret-word");
});

test.each([
  [
    SHIPPED.replace("above: 1%", "above: x").replace("window: 10m", "window: x"),
    {},
    /above is "x".*\n.*window is "x"/,
  ],
  [SHIPPED.replace("monitors:", "monitors: *nope\nrest:"), {}, /Unresolved alias/],
  [
    SHIPPED,
    { SENTRY_AUTH_TOKEN: "secret\nword", SENTRY_URL: "x" },
    /^SENTRY_AUTH_TOKEN has.*\nthe URL of Sentry/,
  ],
])("with --json, faults are JSON, one in each item", async (text, env, message) => {
  for (const command of ["plan", "apply"]) {
    const { code, stdout, stderr } = await runSentry(NOWHERE, [command, "--json"], text, env);
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    const { ok, error, faults } = JSON.parse(stdout) as { ok: boolean; error: string; faults: string[] };
    expect(ok).toBe(false);
    expect(error).toMatch(message);
    expect(faults).toEqual(error.split("\n"));
    expect(stdout).not.toContain("secret");
  }
});

test("with --json, teams without access are JSON, too", async () => {
  const server = await startSentry();
  const text = SHIPPED.replace("team: platform", "team: platfrom");
  const { code, stdout } = await runSentry(server, ["plan", "--json"], text);
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    ok: false,
    faults: [expect.stringContaining('monitors[0].team is "platfrom"')],
  });
});

test("what neither file nor environment says is asked for, and so is the file", async () => {
  const { stderr } = await runSentry(NOWHERE, ["plan"], "monitors: []\n");
  expect(stderr).toContain("no organization: write organization in project.yaml, or set SENTRY_ORG\n");
  expect(stderr).toContain("no project: write project in project.yaml, or set SENTRY_PROJECT\n");
  const missing = await runSentry(NOWHERE, ["plan", "--file", "nothing.yaml"]);
  expect(missing).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("nothing.yaml cannot be read (ENOENT)"),
  });
});

test("the schema for editors is that of the command; vitest -u writes it", async () => {
  const schema = { title: "A Sentry project", ...z.toJSONSchema(projectFile, { io: "input" }) };
  const biome = fileURLToPath(new URL("../../../../../node_modules/.bin/biome", import.meta.url));
  const formatted = execFileSync(biome, ["format", "--stdin-file-path=project.schema.json"], {
    input: JSON.stringify(schema),
    encoding: "utf8",
  });
  await expect(formatted).toMatchFileSnapshot("../../../../../deploy/sentry/project.schema.json");
});
