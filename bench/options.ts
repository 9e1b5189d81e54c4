import { parseArgs } from "node:util";
import { CONTROL, REFERENCE, SHAPES, type Shape, VARIANTS, type Variant } from "./variants.ts";

/** What the command line says. */
export interface BenchOptions {
  readonly help: boolean;
  readonly rounds: number;
  /** Length of one measurement. */
  readonly seconds: number;
  /** Load before each measurement that is not counted. */
  readonly warmupSeconds: number;
  readonly shapes: readonly Shape[];
  readonly variants: readonly Variant[];
  /** File for the results. */
  readonly json: string;
  /** Folder for a CPU profile of each measured process. */
  readonly profile: string | undefined;
}

/** A command line that cannot be understood. */
export class UsageError extends Error {
  override name = "UsageError";
}

const FULL = { rounds: 10, seconds: 5, warmupSeconds: 5 };
// Code is compiled during the first 20,000 to 40,000 requests: a shorter warm-up would measure the compiler.
const QUICK = { rounds: 3, seconds: 2, warmupSeconds: 3 };

export const USAGE = `Usage: npm run bench -- [options]

Runs the same gRPC service untraced and with Tracekeep, in turns, and prints what tracing costs as ratios.
All processes are on this machine: leave it alone meanwhile, and judge every ratio by that of "untraced again".

  --quick            ${QUICK.rounds} rounds of ${QUICK.seconds} seconds, under three minutes in all
  --rounds N         how often each variant is measured (default ${FULL.rounds})
  --seconds S        length of one measurement (default ${FULL.seconds})
  --warmup S         load before each measurement (default ${FULL.warmupSeconds}, quick ${QUICK.warmupSeconds})
  --shape NAME       ${SHAPES.join(" or ")} (default both)
  --variants A,B     some of ${VARIANTS.map(({ name }) => name).join(", ")};
                     ${REFERENCE} and ${CONTROL} are always measured
  --json FILE        where the results are written (default bench/results.json, quick bench/results.local.json)
  --profile FOLDER   also write a CPU profile of each measured process; profiling makes everything slower
  --help             print this

Exit codes: 0 measured, 1 something failed, 2 unknown options.
`;

/** Reads the command line. Throws UsageError. */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { help = false, quick, rounds, seconds, warmup, shape, variants, json, profile } = parse(args);
  const defaults = quick ? QUICK : FULL;
  return {
    help,
    rounds: number("--rounds", rounds, defaults.rounds, { least: 1, most: 1_000, whole: true }),
    seconds: number("--seconds", seconds, defaults.seconds, { least: 0.1, most: 600 }),
    warmupSeconds: number("--warmup", warmup, defaults.warmupSeconds, { least: 0.1, most: 600 }),
    shapes: shape === undefined ? SHAPES : [one("--shape", shape, SHAPES)],
    variants: variantsNamed(variants),
    json: json ?? `${import.meta.dirname}/${quick ? "results.local.json" : "results.json"}`,
    profile,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        help: { type: "boolean", short: "h" },
        quick: { type: "boolean" },
        rounds: { type: "string" },
        seconds: { type: "string" },
        warmup: { type: "string" },
        shape: { type: "string" },
        variants: { type: "string" },
        json: { type: "string" },
        profile: { type: "string" },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function number(
  option: string,
  text: string | undefined,
  fallback: number,
  { least, most, whole = false }: { least: number; most: number; whole?: boolean },
): number {
  if (text === undefined) return fallback;
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (value >= least && value <= most && (!whole || Number.isInteger(value))) return value;
  throw new UsageError(
    `${option} ${text}: expected a ${whole ? "whole " : ""}number from ${least} to ${most}`,
  );
}

function one<T extends string>(option: string, text: string, known: readonly T[]): T {
  const found = known.find((name) => name === text);
  if (found === undefined) throw new UsageError(`${option} ${text}: expected one of ${known.join(", ")}`);
  return found;
}

function variantsNamed(text: string | undefined): readonly Variant[] {
  if (text === undefined) return VARIANTS;
  const known = VARIANTS.map(({ name }) => name);
  const names = text.split(",").map((name) => one("--variants", name.trim(), known));
  return VARIANTS.filter(({ name }) => name === REFERENCE || name === CONTROL || names.includes(name));
}
