import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { TracekeepError } from "../tracekeep-error.ts";
import { isEnabled, readSettings } from "./read-settings.ts";
import { NEEDS_A_VALUE, TRACING_VARIABLES, type TracingVariable } from "./variables.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where settings come from. */
export interface SourceOptions {
  /** Settings that count where neither the environment nor `.env` has any. */
  readonly defaults?: Partial<Record<TracingVariable, string>>;
  /** Settings that beat the environment and `.env`. */
  readonly overrides?: Partial<Record<TracingVariable, string>>;
  /** The environment; default `process.env`, read at this call. */
  readonly env?: Environment;
  /** The folder whose `.env` is read, where there is one; default the working directory. */
  readonly cwd?: string;
  /** A file that is read instead of `.env`; it has to be there. */
  readonly envFile?: string;
}

/** One place that settings are read from. */
export interface Source {
  /** `environment`, the path of a file, ... */
  readonly name: string;
  /** Given to the call, and not set outside. */
  readonly inCode: boolean;
  /** All that it holds. */
  readonly all: Environment;
  /** Of that, what sets a variable of ours. */
  readonly settings: Environment;
}

/** All sources; what a later one sets beats the earlier ones. Throws TracekeepError `INVALID_CONFIG`. */
export function readSources({ defaults = {}, overrides = {}, ...options }: SourceOptions): Source[] {
  const path = options.envFile ?? join(options.cwd ?? process.cwd(), ".env");
  refuseUnknown("defaults", defaults);
  refuseUnknown("overrides", overrides);
  const above = [
    source("environment", options.env ?? process.env),
    source("overrides in code", overrides, true),
  ];
  const file = readEnvFileUnlessOff(path, options.envFile !== undefined, above);
  return [source("defaults in code", defaults, true), source(path, file), ...above];
}

/** Who has switched tracing off is in haste: a file that cannot be read must not keep the service from starting. */
function readEnvFileUnlessOff(path: string, mustExist: boolean, above: readonly Source[]): Environment {
  try {
    return readEnvFile(path, mustExist);
  } catch (error) {
    if (isEnabled(readSettings(merge(above)).values)) throw error;
    return {};
  }
}

/** What counts, of all sources. */
export function merge(sources: readonly Source[]): Environment {
  return Object.assign({}, ...sources.map(({ settings }) => settings));
}

function source(name: string, all: Environment, inCode = false): Source {
  return { name, inCode, all, settings: present(all) };
}

/** Leaves out empty settings, so that they hide no other source; those that need a value are kept, to be refused. */
function present(settings: Environment): Environment {
  return Object.fromEntries(
    Object.keys(TRACING_VARIABLES)
      .filter((name) => settings[name] !== undefined && settings[name] !== null)
      // Code that is not type-checked may give a number or a boolean.
      .map((name) => [name, unquoted(String(settings[name]))] as const)
      .filter(([name, value]) => value.trim() !== "" || NEEDS_A_VALUE.has(name)),
  );
}

/** Docker's `--env-file` and YAML templates hand the quotes over that somebody put around a value. */
function unquoted(value: string): string {
  return /^\s*(["'])((?:(?!\1).)*)\1\s*$/s.exec(value)?.[2] ?? value;
}

/** In code a wrong name is a mistake in any case. */
function refuseUnknown(where: string, settings: object): void {
  for (const name of Object.keys(settings)) {
    if (Object.hasOwn(TRACING_VARIABLES, name)) continue;
    throw new TracekeepError("INVALID_CONFIG", `The ${where} name "${name}", which is not a setting.`);
  }
}

function readEnvFile(path: string, mustExist: boolean): Environment {
  const text = readTextFile(path, mustExist);
  // Some editors on Windows write UTF-16, in which no variable would be found.
  if (text.includes("\0") || /^\uFFFD/.test(text)) {
    throw new TracekeepError("INVALID_CONFIG", `The file ${path} is not UTF-8 text; save it as UTF-8.`);
  }
  // A byte order mark would become part of the first variable's name.
  return parseEnv(text.replace(/^\uFEFF/, "")) as Environment;
}

/** The file's text; empty if there is no such file and there need not be one. */
function readTextFile(path: string, mustExist: boolean): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
    if (isMissing && !mustExist) return "";
    const fault = isMissing ? "is not there" : "cannot be read";
    throw new TracekeepError("INVALID_CONFIG", `The file ${path} ${fault}.`, { cause: error });
  }
}
