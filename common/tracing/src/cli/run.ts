import { nearest } from "../config/misspelt.ts";
import { TracekeepError } from "../tracekeep-error.ts";
import { VERSION } from "../version.ts";
import type { Command } from "./command.ts";
import { endQuietlyWhenNobodyReads } from "./output.ts";
import { readOptions } from "./read-options.ts";
import { UsageError } from "./usage-error.ts";

/** Each is loaded only when it runs: the viewer's part is large. */
const COMMANDS: Readonly<Record<string, () => Promise<{ readonly command: Command }>>> = {
  doctor: () => import("./doctor/command.ts"),
  config: () => import("./config.ts"),
  "send-test": () => import("./send-test.ts"),
  tail: () => import("./tail/command.ts"),
  "sentry plan": () => import("./sentry/plan-command.ts"),
  "sentry apply": () => import("./sentry/apply-command.ts"),
};

/** The command line; resolves to the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  endQuietlyWhenNobodyReads();
  const [name, ...rest] = named(args);
  try {
    if (name === "--version" || name === "-v") return print(`${VERSION}\n`);
    if (name === undefined || name === "help" || name === "--help" || name === "-h")
      return await help(named(rest)[0]);
    const command = await find(name);
    const values = readOptions(command, rest);
    return values.help === true ? print(command.usage) : await command.run(values);
  } catch (error) {
    if (error instanceof UsageError) return fail(error.message, 2, "Try: npx tracekeep help\n");
    // Its message is made for users, and without secrets.
    if (error instanceof TracekeepError) return fail(error.message, 1);
    throw error;
  }
}

/** Some commands have two words. */
function named(args: readonly string[]): string[] {
  const [first, second, ...rest] = args;
  const isGroup = Object.keys(COMMANDS).some((name) => name.startsWith(`${first} `));
  return isGroup && second !== undefined && !second.startsWith("-")
    ? [`${first} ${second}`, ...rest]
    : [...args];
}

async function find(name: string): Promise<Command> {
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (load !== undefined) return (await load()).command;
  const names = Object.keys(COMMANDS);
  const meant = names.filter((each) => each.startsWith(`${name} `)).join(" or ") || nearest(name, names);
  throw new UsageError(
    `there is no command "${name}"${meant === undefined ? "" : `; did you mean ${meant}?`}`,
  );
}

async function help(name: string | undefined): Promise<number> {
  if (name !== undefined && !name.startsWith("-")) return print((await find(name)).usage);
  const commands = await Promise.all(
    Object.entries(COMMANDS).map(
      async ([each, load]) => `  ${each.padEnd(14)}${(await load()).command.summary}\n`,
    ),
  );
  return print(`Usage: tracekeep COMMAND [options]

${commands.join("")}
  help COMMAND, or COMMAND --help, tells more; --version prints the version.
Exit codes: 0 all is well, 1 something is wrong, 2 the command line cannot be understood.
`);
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}

function fail(message: string, code: number, advice = ""): number {
  process.stderr.write(`tracekeep: ${message}\n${advice}`);
  return code;
}
