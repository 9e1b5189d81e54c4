import { UsageError } from "../demo/command-line.ts";
import { catchSignals, Interrupted } from "../demo/interruption.ts";
import { bad } from "../demo/text.ts";
import { parseOptions, USAGE } from "./options.ts";
import { runSession } from "./session.ts";

async function main(args: readonly string[]): Promise<number> {
  try {
    const options = parseOptions(args);
    if (options.help) process.stdout.write(USAGE);
    else await runSession(options);
    return 0;
  } catch (error) {
    if (error instanceof Interrupted) return error.exitCode;
    process.stderr.write(`${bad(error instanceof Error ? error.message : String(error))}\n`);
    if (!(error instanceof UsageError)) return 1;
    process.stderr.write("Try: npm run dev -- --help\n");
    return 2;
  }
}

catchSignals();
process.exitCode = await main(process.argv.slice(2));
