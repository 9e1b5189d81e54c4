import { perform } from "./act.ts";
import { UsageError } from "./command-line.ts";
import { catchSignals, Interrupted, interruption } from "./interruption.ts";
import { type OtlpJsonFile, openOtlpJson } from "./json-file.ts";
import { printCurlLines, printMetrics, printNewTraces, printViewer } from "./keep.ts";
import { manyRequests } from "./load-act.ts";
import { runScenario } from "./local.ts";
import { type DemoOptions, parseOptions, USAGE } from "./options.ts";
import { toSentry } from "./remote.ts";
import { bad, bold, dim, say } from "./text.ts";

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const dsn = process.env.SENTRY_DSN?.trim();
  if (dsn && (options.json || options.svg || options.onlyLoad)) {
    throw new UsageError(
      "--json, --svg, --requests, --rate and --failures need the local endpoint: unset SENTRY_DSN to use them",
    );
  }
  try {
    return (await (dsn ? toSentry(dsn, options) : toIntake(options))) ? 0 : 1;
  } catch (error) {
    if (error instanceof Interrupted) return error.exitCode;
    process.stderr.write(`${bad(error instanceof Error ? error.message : String(error))}\n`);
    return 1;
  }
}

async function toIntake(options: DemoOptions): Promise<boolean> {
  const file = options.json === undefined ? undefined : await openOtlpJson(options.json);
  try {
    if (!options.onlyLoad && !(await sixRequests(options, file))) return false;
    if (options.keep) return true;
    if (!options.onlyLoad) say(`\n${bold("Second act: few are sampled, and every failure arrives")}`);
    return await manyRequests(options, file);
  } finally {
    await file?.end();
    if (options.json) say(dim(`Written, as OTLP JSON: ${options.json}`));
  }
}

function sixRequests(options: DemoOptions, file: OtlpJsonFile | undefined): Promise<boolean> {
  return perform(
    { options, file, env: { TRACE_SAMPLE_RATE: "1" } },
    async ({ intake, viewer, gateway, processes }) => {
      const whole = await runScenario(intake, gateway, options);
      if (options.svg) say(dim(`Drawn: ${options.svg}`));
      if (options.keep) {
        printCurlLines(gateway, processes.folder);
        printViewer(viewer);
        printMetrics(processes);
        const end = printNewTraces(intake);
        await interruption();
        end();
      }
      return whole;
    },
  );
}

catchSignals();
try {
  process.exitCode = await main();
} catch (error) {
  process.exitCode = error instanceof UsageError ? 2 : 1;
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  if (error instanceof UsageError) process.stderr.write("Try: npm run demo -- --help\n");
}
