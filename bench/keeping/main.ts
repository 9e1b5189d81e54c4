import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { describeMachine } from "../machine.ts";
import { buildLibrary } from "../published.ts";
import { formatHorizon, horizonPaces, measureHorizon } from "./horizon.ts";
import { formatMemory, measureMemory } from "./memory.ts";
import { formatTruth, measureTruth, TRUTH_CASES } from "./truth.ts";

const USAGE = `Usage: npm run keeping --workspace bench -- [options] [horizon] [memory] [truth]

Measures what it takes to keep every failed trace (all three without a name):

  horizon   how many seconds the flight record reaches back at 100, 1,000 and 10,000 requests a second (5 minutes)
  memory    resident memory above the same service untraced, over 2,000,000 requests (15 minutes); V8's heap is
            bound to 256 MB, as Node.js does it in a container of 512 MB
  truth     counts made of the spans that arrive, against the true ones (20 minutes)

  --quick       a tenth of the requests, two seeds, and no 100 requests a second
  --unbound     memory: the heap as V8 sizes it on this machine
  --json FILE   where the results are written (default bench/keeping/results.json, quick results.local.json)
  --help        print this

Exit codes: 0 measured, 1 something failed, 2 unknown options.
`;

const NAMES = ["horizon", "memory", "truth"] as const;
type Name = (typeof NAMES)[number];

interface Options {
  readonly help: boolean;
  readonly quick: boolean;
  readonly unbound: boolean;
  readonly json: string;
  readonly names: readonly Name[];
}

/** Undefined for a command line that cannot be understood. */
function readOptions(args: string[]): Options | undefined {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        help: { type: "boolean" },
        quick: { type: "boolean" },
        unbound: { type: "boolean" },
        json: { type: "string" },
      },
    });
    const names = NAMES.filter((name) => positionals.length === 0 || positionals.includes(name));
    if (positionals.some((name) => !NAMES.includes(name as Name))) return undefined;
    const { help = false, quick = false, unbound = false, json } = values;
    const file = `${import.meta.dirname}/${quick ? "results.local.json" : "results.json"}`;
    return { help, quick, unbound, json: json ?? file, names };
  } catch {
    return undefined;
  }
}

const progress = (line: string): void => void process.stderr.write(`${line}\n`);
type Measure = (options: Options) => Promise<{ result: object; text: string }>;
const MEASUREMENTS: Readonly<Record<Name, Measure>> = {
  async horizon({ quick }) {
    const result = await measureHorizon(horizonPaces(quick), progress);
    return { result, text: formatHorizon(result) };
  },
  async memory({ quick, unbound }) {
    const result = await measureMemory(quick ? 200_000 : 2_000_000, unbound ? undefined : 256, progress);
    return { result, text: formatMemory(result) };
  },
  async truth({ quick }) {
    const result = await measureTruth(
      { cases: TRUTH_CASES, ...(quick ? { requests: 10_000, seeds: 2 } : { requests: 100_000, seeds: 5 }) },
      progress,
    );
    return { result, text: formatTruth(result) };
  },
};

async function main(options: Options): Promise<void> {
  const { json, names } = options;
  const machine = describeMachine();
  const results: Partial<Record<Name, object>> = {};
  await buildLibrary();
  for (const name of names) {
    const { result, text } = await MEASUREMENTS[name](options);
    results[name] = result;
    process.stdout.write(`\n${text}\n`);
  }
  await writeFile(json, `${JSON.stringify({ machine, ...results }, null, 2)}\n`);
  process.stdout.write(`\nThe results are in ${json}.\n`);
}

const options = readOptions(process.argv.slice(2));
if (options === undefined || options.help) {
  (options === undefined ? process.stderr : process.stdout).write(USAGE);
  process.exitCode = options === undefined ? 2 : 0;
} else await main(options);
