import { startIntake } from "tracekeep-viewer";
import { catchSignals, Interrupted, interruptible, interruption } from "./interruption.ts";
import { writeOtlpJson } from "./json-file.ts";
import { printCurlLines, printNewTraces } from "./keep.ts";
import { runScenario } from "./local.ts";
import { type DemoOptions, parseOptions, USAGE, UsageError } from "./options.ts";
import { Processes } from "./processes.ts";
import { runForSentry } from "./remote.ts";
import { startServices } from "./services.ts";
import { bad, bold, dim, good, say } from "./text.ts";

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const dsn = process.env.SENTRY_DSN?.trim();
  if (dsn && (options.json || options.svg)) {
    throw new UsageError("--json and --svg need the local endpoint: unset SENTRY_DSN to use them");
  }
  const processes = new Processes();
  try {
    const code = await (dsn ? toSentry(processes, dsn, options) : toIntake(processes, options));
    if (code === 0) await processes.removeLogs();
    else process.stderr.write(processes.tails());
    return code;
  } catch (error) {
    await processes.stop();
    if (error instanceof Interrupted) {
      await processes.removeLogs();
      return error.exitCode;
    }
    process.stderr.write(
      `${bad(error instanceof Error ? error.message : String(error))}\n${processes.tails()}`,
    );
    return 1;
  }
}

async function toIntake(processes: Processes, options: DemoOptions): Promise<number> {
  await using intake = await startIntake({ keys: ["demo"] });
  say(good(`a local endpoint takes traces as Sentry does: ${intake.dsn}`));
  const endFile = options.json ? await writeOtlpJson(intake, options.json) : undefined;
  try {
    const gateway = await interruptible(startServices(processes, intake.dsn, options.settings, started));
    const whole = await interruptible(runScenario(intake, gateway, options));
    if (options.svg) say(dim(`Drawn: ${options.svg}`));
    if (options.keep) {
      printCurlLines(gateway, processes.folder);
      const end = printNewTraces(intake);
      await interruption();
      end();
    }
    return whole ? 0 : 1;
  } finally {
    // What the services still hold comes while they stop.
    await processes.stop();
    await endFile?.();
    if (options.json) say(dim(`Written, as OTLP JSON: ${options.json}`));
  }
}

async function toSentry(processes: Processes, dsn: string, options: DemoOptions): Promise<number> {
  const gateway = await interruptible(startServices(processes, dsn, options.settings, started));
  const { traceIds, behaved } = await interruptible(runForSentry(gateway));
  if (options.keep) {
    printCurlLines(gateway, processes.folder);
    await interruption();
  }
  say(dim("\nStopping the services, which sends what is left …"));
  await processes.stop();
  const undelivered = processes.undelivered();
  if (undelivered.length > 0) {
    for (const line of undelivered) say(bad(line));
    say(bad("Not everything reached Sentry: check SENTRY_DSN and the network."));
    return 1;
  }
  say(bold("Look for these traces in Sentry (Explore, Traces, by trace id):"));
  for (const traceId of traceIds) say(`  ${traceId}`);
  return behaved ? 0 : 1;
}

function started(name: string, address: string): void {
  say(good(`${name} listens on ${address}`));
}

catchSignals();
try {
  process.exitCode = await main();
} catch (error) {
  process.exitCode = error instanceof UsageError ? 2 : 1;
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  if (error instanceof UsageError) process.stderr.write("Try: npm run demo -- --help\n");
}
