import { parseArgs } from "node:util";
import { FULL, QUICK, QUICK_CHOICE, REQUESTS } from "./defaults.ts";
import { listed, number, one, UsageError } from "./option-values.ts";
import { type Choice, EVERYTHING, FAILING, SHAPES } from "./requests/cases.ts";

/** What can be measured, in the order of the document. */
export const MEASUREMENTS = ["requests", "startup", "growth", "profile", "micro"] as const;
export type MeasurementName = (typeof MEASUREMENTS)[number];

/** What the command line says. */
export interface BenchOptions {
  readonly help: boolean;
  readonly quick: boolean;
  /** Empty if only the document is to be written. */
  readonly measurements: readonly MeasurementName[];
  readonly choice: Choice;
  readonly rounds: number;
  /** How often a variant is measured in a round. */
  readonly turns: number;
  /** Length of one of these. */
  readonly seconds: number;
  /** Load on each new process that is not counted. */
  readonly warmupSeconds: number;
  /** Of the long run of `growth`. */
  readonly requests: number;
  /** The library's sources are measured, and not what is built of them. */
  readonly sources: boolean;
  /** File for the results. */
  readonly json: string;
  /** The document is written of them, too. */
  readonly document: boolean;
  /** Folder for a CPU profile of each measured process. */
  readonly profile: string | undefined;
}

/** Reads the command line. Throws UsageError. */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { values, positionals } = parse(args);
  const {
    help = false,
    quick = false,
    sources = false,
    rounds,
    turns,
    seconds,
    warmup,
    json,
    profile,
  } = values;
  const defaults = quick ? QUICK : FULL;
  const choice = quick ? QUICK_CHOICE : EVERYTHING;
  const names = positionals.map((name) => one("", name, [...MEASUREMENTS, "document"]));
  const some = quick ? (["requests"] as const) : MEASUREMENTS;
  return {
    help,
    quick,
    measurements: names.length === 0 ? some : MEASUREMENTS.filter((name) => names.includes(name)),
    choice: {
      shapes: listed("--shape", values.shape, SHAPES) ?? choice.shapes,
      failing: listed("--failing", values.failing, FAILING) ?? choice.failing,
      variants: listed("--variants", values.variants, EVERYTHING.variants) ?? choice.variants,
    },
    rounds: number("--rounds", rounds, defaults.rounds, { least: 1, most: 1_000, whole: true }),
    turns: number("--turns", turns, defaults.turns, { least: 1, most: 1_000, whole: true }),
    seconds: number("--seconds", seconds, defaults.seconds, { least: 0.1, most: 600 }),
    warmupSeconds: number("--warmup", warmup, defaults.warmupSeconds, { least: 0.1, most: 600 }),
    requests: number("--requests", values.requests, REQUESTS, { least: 1_000, most: 1e9, whole: true }),
    sources,
    json: json ?? `${import.meta.dirname}/${quick ? "results.local.json" : "results.json"}`,
    document: !quick && json === undefined,
    profile,
  };
}

function parse(args: readonly string[]) {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        help: { ...flag, short: "h" },
        quick: flag,
        sources: flag,
        rounds: text,
        turns: text,
        seconds: text,
        warmup: text,
        requests: text,
        shape: text,
        failing: text,
        variants: text,
        json: text,
        profile: text,
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
