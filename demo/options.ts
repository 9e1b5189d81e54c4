import { readOptions, UsageError } from "./command-line.ts";
import { parseSettings, type Settings } from "./settings.ts";

/** What the command line says. */
export interface DemoOptions {
  readonly help: boolean;
  /** Leave everything running and print new traces as they arrive. */
  readonly keep: boolean;
  /** File for what arrived, as OTLP JSON. */
  readonly json: string | undefined;
  /** File for a picture of a trace. */
  readonly svg: string | undefined;
  /** Figures of the second act; if any of them is given, it is the only one. */
  readonly load: LoadFigures;
  readonly onlyLoad: boolean;
  /** Environment variables for single services. */
  readonly settings: Settings;
}

/** Many requests, of which few are sampled and some fail. */
export interface LoadFigures {
  readonly requests: number;
  /** Share of the traces that is sampled. */
  readonly rate: number;
  readonly failures: number;
}

export const USAGE = `Usage: npm run demo -- [options]

Starts the gateway, payroll, ledger and treasury services and a local endpoint that takes traces as Sentry does.
First act: six requests with every trace sampled; each is shown, and must arrive whole.
Second act: 2,000 requests with 1 % of the traces sampled; 20 of them fail, and each of these must arrive whole.

  --requests N                    requests of the second act, and only that one; 2000
  --rate R                        share of the traces that is sampled, 0 to 1; 0.01
  --failures F                    how many of the requests fail; 20
  --keep                          leave everything running after the first act; print curl lines to try, new traces as they
                                  arrive and where they are shown in the browser
  --json FILE                     write what arrived as OTLP JSON, one export request a line
  --svg FILE                      draw the trace of the failed request
  --set SERVICE:VARIABLE=VALUE    set an environment variable of one service, such as
                                  gateway:TRACE_SAMPLE_RATE=0.5 (may be given several times)
  --help                          print this

With SENTRY_DSN set, the traces go to that Sentry instead, and their ids are printed.

Exit codes: 0 every trace arrived whole, 1 something is missing or failed, 2 unknown options.
`;

/** Reads the command line. Throws UsageError. */
export function parseOptions(args: readonly string[]): DemoOptions {
  const values = readOptions(args, OPTIONS);
  const settings = parseSettings(values.set ?? []);
  const { help = false, keep = false, json, svg, requests, rate, failures } = values;
  const onlyLoad = requests !== undefined || rate !== undefined || failures !== undefined;
  if (onlyLoad && (keep || svg !== undefined))
    throw new UsageError(
      "--requests, --rate and --failures run the second act alone: --keep and --svg are of the first",
    );
  return { help, keep, json, svg, settings, load: readFigures({ requests, rate, failures }), onlyLoad };
}

function readFigures(given: Record<keyof LoadFigures, string | undefined>): LoadFigures {
  const requests = readNumber("--requests", given.requests ?? "2000", { most: 1_000_000, whole: true });
  const failures = readNumber("--failures", given.failures ?? String(Math.min(20, requests)), {
    most: requests,
    whole: true,
  });
  return { requests, failures, rate: readNumber("--rate", given.rate ?? "0.01", { most: 1, whole: false }) };
}

function readNumber(name: string, text: string, { most, whole }: { most: number; whole: boolean }): number {
  const value = /^\d*\.?\d+(e-?\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (value <= most && (!whole || Number.isInteger(value))) return value;
  throw new UsageError(`${name} ${text}: expected a ${whole ? "whole number" : "number"} from 0 to ${most}`);
}

const OPTIONS = {
  help: { type: "boolean", short: "h" },
  keep: { type: "boolean" },
  json: { type: "string" },
  svg: { type: "string" },
  set: { type: "string", multiple: true },
  requests: { type: "string" },
  rate: { type: "string" },
  failures: { type: "string" },
} as const;
