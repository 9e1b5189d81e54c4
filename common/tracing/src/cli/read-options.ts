import { parseArgs } from "node:util";
import { nearest } from "../config/misspelt.ts";
import type { Command, OptionValues } from "./command.ts";
import { UsageError } from "./usage-error.ts";

interface OptionToken {
  readonly value: string | undefined;
  /** Whether the value stands in one word with the option. */
  readonly inlineValue: boolean | undefined;
}

/** Reads a command's options. Throws UsageError, with the option that was meant where that is clear. */
export function readOptions({ options }: Pick<Command, "options">, args: readonly string[]): OptionValues {
  const known = { ...options, help: { type: "boolean", short: "h" } } as const;
  const { values, tokens } = parseArgs({
    args: [...args],
    options: known,
    strict: false,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind === "positional") throw new UsageError(`"${token.value}" is one word too many`);
    if (token.kind !== "option") continue;
    const option = (known as Command["options"])[token.name];
    if (option === undefined) throw unknownOption(token.rawName, Object.keys(known));
    if (option.type === "string" && !hasValue(token)) throw new UsageError(`${token.rawName} needs a value`);
    if (option.type === "boolean" && token.value !== undefined)
      throw new UsageError(`${token.rawName} takes no value`);
  }
  return values as OptionValues;
}

/** What follows an option without a value is taken for its value, even if it is an option itself. */
function hasValue({ value = "", inlineValue }: OptionToken): boolean {
  return value !== "" && (inlineValue === true || !value.startsWith("-"));
}

function unknownOption(rawName: string, known: readonly string[]): UsageError {
  const meant = nearest(rawName.replace(/^-+/, ""), known);
  const advice = meant === undefined ? "" : `; did you mean --${meant}?`;
  return new UsageError(`there is no option ${rawName}${advice}`);
}
