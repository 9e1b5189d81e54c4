import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { runNode } from "../harness/run-node.ts";
import { CLI, runCli } from "./harness/run-cli.ts";

const COMMANDS = ["doctor", "config", "send-test", "tail"];

test("help lists every command, and each has a help of its own", async () => {
  for (const args of [[], ["help"], ["--help"], ["-h"]]) {
    const { code, stdout } = await runCli(args);
    expect(code).toBe(0);
    for (const name of COMMANDS) expect(stdout).toContain(`  ${name} `);
  }
  for (const name of COMMANDS) {
    const asked = await runCli([name, "--help"]);
    expect(asked).toMatchObject({ code: 0, stderr: "" });
    expect(asked.stdout).toContain(`Usage: tracekeep ${name}`);
    expect(asked.stdout).toContain("Exit codes:");
    expect((await runCli(["help", name])).stdout).toBe(asked.stdout);
  }
});

test.each([
  [["docter"], 'there is no command "docter"; did you mean doctor?'],
  [["frobnicate"], 'there is no command "frobnicate"\n'],
  [["doctor", "--jsn"], "there is no option --jsn; did you mean --json?"],
  [["tail", "--frobnicate"], "there is no option --frobnicate\n"],
  [["config", "now"], '"now" is one word too many'],
  [["doctor", "--env-file"], "--env-file needs a value"],
  [["tail", "--service", "--errors"], "--service needs a value"],
  [["tail", "--service="], "--service needs a value"],
  [["doctor", "--json=yes"], "--json takes no value"],
  [["tail", "--url", "viewer"], "--url viewer: expected an address such as http://127.0.0.1:4319"],
])("%s is wrong usage, and what was meant is said", async (args, message) => {
  const { code, stdout, stderr } = await runCli(args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain(message);
});

test("the version is that of the package", async () => {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  expect((await runCli(["--version"])).stdout).toBe(`${version}\n`);
});

test("a Node.js that is too old is told so, and nothing else is tried", async () => {
  const pretend = `data:text/javascript,Object.defineProperty(process.versions,"node",{value:"20.11.1"})`;
  const program = `process.argv[1] = ${JSON.stringify(CLI)}; await import(${JSON.stringify(CLI)});`;
  const { code, stdout, stderr } = await runNode("--import", {
    args: [pretend, "--input-type=module", "-e", program, "doctor"],
  });
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toBe(
    "tracekeep: Node.js 20.11.1 is too old; install Node.js 22.18 or newer, and run this again\n",
  );
});

test("colours are for terminals, or where they are forced, and never with NO_COLOR", async () => {
  const hasColours = async (env: Record<string, string>) =>
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what colours begin with
    /\u001b\[/.test((await runCli(["doctor"], env)).stdout);
  expect(await hasColours({})).toBe(false);
  expect(await hasColours({ FORCE_COLOR: "1" })).toBe(true);
  expect(await hasColours({ NO_COLOR: "1" })).toBe(false);
});
