import { writeDocument } from "./document/write-document.ts";
import { measureGrowth } from "./growth/measure-growth.ts";
import { measureMicro } from "./micro/measure-micro.ts";
import { UsageError } from "./option-values.ts";
import { type BenchOptions, type MeasurementName, parseOptions } from "./options.ts";
import { measureProfile } from "./profile/measure-profile.ts";
import { buildLibrary } from "./published.ts";
import { measureRequests } from "./requests/measure-requests.ts";
import { formatRequests } from "./requests/print.ts";
import {
  type BenchResults,
  type Library,
  onThisMachine,
  readResults,
  replaceResults,
  writeResults,
} from "./results.ts";
import { measureStartup } from "./startup/measure-startup.ts";
import { USAGE } from "./usage.ts";

const say = (line: string): void => void process.stderr.write(`${line}\n`);

const libraryOf = ({ sources }: BenchOptions): Library => (sources ? "sources" : "published");

const MEASURE: Readonly<Record<MeasurementName, (options: BenchOptions) => Promise<BenchResults>>> = {
  requests: async (options) => ({
    loads: [await onThisMachine(libraryOf(options), () => measureRequests(options, say))],
  }),
  startup: async (options) => ({
    startup: await onThisMachine(libraryOf(options), () => measureStartup(options, say)),
  }),
  growth: async (options) => ({
    growth: await onThisMachine(libraryOf(options), () => measureGrowth(options, say)),
  }),
  profile: async (options) => ({
    profile: await onThisMachine("sources", () => measureProfile(options, say)),
  }),
  // Single operations are not among what is published.
  micro: async (options) => ({ micro: await onThisMachine("sources", () => measureMicro(options, say)) }),
};

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(USAGE);
    return;
  }
  if (!options.sources && options.measurements.length > 0) await buildLibrary();
  for (const name of options.measurements) {
    const measured = await MEASURE[name](options);
    // After each, so that a long run that is broken off has not been for nothing.
    await writeResults(options.json, replaceResults(readResults(options.json), measured));
    for (const run of measured.loads ?? []) process.stdout.write(`\n${formatRequests(run)}`);
    process.stdout.write(`\nThe results of ${name} are in ${options.json}.\n`);
  }
  if (options.document) {
    await writeDocument(readResults(options.json));
    process.stdout.write("docs/PERFORMANCE.md is written.\n");
  }
}

try {
  await main();
} catch (error) {
  const usage = error instanceof UsageError;
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${message}\n${usage ? "See npm run bench -- --help.\n" : ""}`);
  process.exitCode = usage ? 2 : 1;
}
