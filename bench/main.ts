import { writeFile } from "node:fs/promises";
import { describeMachine } from "./machine.ts";
import { type BenchOptions, parseOptions, USAGE, UsageError } from "./options.ts";
import { formatReport } from "./report.ts";
import { collectResults, formatResults } from "./results.ts";
import { runRounds } from "./rounds.ts";

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(USAGE);
    return;
  }
  const machine = describeMachine();
  const started = performance.now();
  const rounds = await runRounds(options, ({ round, shape, variant, left }) => {
    const place = `round ${round} of ${options.rounds}: ${shape}, ${variant.title}`;
    process.stderr.write(`${place} (${timeLeft(options, started, left)} left)\n`);
  });
  const results = collectResults(machine, options, rounds);
  await writeFile(options.json, formatResults(results));
  process.stdout.write(`\n${formatReport(results)}\nThe results are in ${options.json}.\n`);
}

/** By the pace so far; before there is one, by the settings and half a second to start each process. */
function timeLeft(
  { rounds, shapes, variants, seconds, warmupSeconds }: BenchOptions,
  started: number,
  left: number,
) {
  const done = rounds * shapes.length * variants.length - left;
  const pace = done === 0 ? seconds + warmupSeconds + 0.5 : (performance.now() - started) / 1_000 / done;
  const whole = Math.ceil(pace * left);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

try {
  await main();
} catch (error) {
  const usage = error instanceof UsageError;
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${message}\n${usage ? "See npm run bench -- --help.\n" : ""}`);
  process.exitCode = usage ? 2 : 1;
}
