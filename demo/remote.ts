import { sayStarted } from "./act.ts";
import { Interrupted, interruptible, interruption } from "./interruption.ts";
import { printCurlLines, printMetrics } from "./keep.ts";
import type { DemoOptions } from "./options.ts";
import { Processes } from "./processes.ts";
import { runTraced } from "./request.ts";
import { scenario } from "./scenario.ts";
import { startServices } from "./services.ts";
import { bad, bold, dim, say } from "./text.ts";

/** Runs the six requests with traces going to Sentry; resolves to whether all was well, as far as can be seen here. */
export async function toSentry(dsn: string, options: DemoOptions): Promise<boolean> {
  const processes = new Processes();
  let well = false;
  try {
    const { TRACE_EXPORT_PROTOCOL = "otlp" } = process.env;
    const env = { SENTRY_DSN: dsn, TRACE_SAMPLE_RATE: "1", TRACE_EXPORT_PROTOCOL };
    const gateway = await interruptible(startServices(processes, env, options.settings, sayStarted));
    const { traceIds, behaved } = await interruptible(runScenario(gateway));
    if (options.keep) {
      printCurlLines(gateway, processes.folder);
      printMetrics(processes);
      await interruption();
    }
    say(dim("\nStopping the services, which sends what is left …"));
    await processes.stop();
    well = sayWhatArrived(processes.undelivered(), traceIds) && behaved;
    return well;
  } catch (error) {
    well = error instanceof Interrupted;
    throw error;
  } finally {
    await processes.stop();
    if (well) await processes.removeLogs();
    else process.stderr.write(processes.tails());
  }
}

function sayWhatArrived(undelivered: readonly string[], traceIds: readonly string[]): boolean {
  for (const line of undelivered) say(bad(line));
  if (undelivered.length > 0) {
    say(bad("Not everything reached Sentry: check SENTRY_DSN and the network."));
    return false;
  }
  say(bold("Look for these traces in Sentry (Explore, Traces, by trace id):"));
  for (const traceId of traceIds) say(`  ${traceId}`);
  return true;
}

async function runScenario(gateway: string): Promise<{ traceIds: string[]; behaved: boolean }> {
  const traceIds: string[] = [];
  let behaved = true;
  for (const [index, step] of scenario.entries()) {
    say(`\n${bold(`${index + 1}. ${step.title}`)}`);
    if (step.prepare) say(dim(await step.prepare(gateway)));
    const { traceId, story, problem } = await runTraced(step, gateway);
    say(story);
    if (problem) say(bad(problem));
    behaved &&= problem === undefined;
    traceIds.push(traceId);
  }
  return { traceIds, behaved };
}
