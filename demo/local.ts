import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { type Intake, type SentryErrorEvent, type Trace, waterfall, waterfallSvg } from "tracekeep-viewer";
import { errorsOf, problemsOf, textOfError } from "./check.ts";
import { throwIfInterrupted } from "./interruption.ts";
import type { DemoOptions } from "./options.ts";
import { runTraced } from "./request.ts";
import { type Step, scenario } from "./scenario.ts";
import { bad, bold, dim, good, say } from "./text.ts";

const ARRIVAL_LIMIT_MS = 15_000;
// Where one trace is incomplete, the next ones are likely so, too: no use to wait as long for each.
const LATER_LIMIT_MS = 2_000;
/** Of siblings that are alike so many are shown; the others are only counted. */
export const FOLD_AFTER = 2;

/** Runs the scenario against the local intake; resolves to whether every trace arrived whole. */
export async function runScenario(intake: Intake, gateway: string, options: DemoOptions): Promise<boolean> {
  let whole = 0;
  for (const [index, step] of scenario.entries()) {
    say(`\n${bold(`${index + 1}. ${step.title}`)}`);
    const { traceId, problems } = await runStep(
      intake,
      gateway,
      step,
      whole < index ? LATER_LIMIT_MS : ARRIVAL_LIMIT_MS,
    );
    if (problems.length === 0) whole++;
    // The picture worth most is that of the failure.
    if (options.svg && step.expected.error !== undefined) await draw(intake.trace(traceId), options.svg);
  }
  const summary = `${whole} of ${scenario.length} traces arrived whole`;
  say(`\n${whole === scenario.length ? good(summary) : bad(summary)}`);
  return whole === scenario.length;
}

async function runStep(
  intake: Intake,
  gateway: string,
  step: Step,
  timeoutMs: number,
): Promise<{ traceId: string; problems: string[] }> {
  if (step.prepare) say(dim(await step.prepare(gateway)));
  const { traceId, story, problem } = await runTraced(step, gateway);
  say(story);
  const missing = () => problemsOf(intake.trace(traceId), intake.errors(), step.expected);
  // What is still missing when the time is over is said below.
  await intake.waitUntil(() => missing().length === 0, { timeoutMs }).catch(() => undefined);
  throwIfInterrupted();
  const problems = [...(problem ? [problem] : []), ...missing()];
  const trace = intake.trace(traceId);
  say();
  if (trace) process.stdout.write(waterfall(trace, { foldAfter: FOLD_AFTER }));
  sayErrors(traceId, intake.errors());
  if (trace?.roots.some((root) => root.missingParent))
    say(dim("(The parent that was not received is the client's own span.)"));
  for (const text of problems) say(bad(text));
  if (problems.length === 0) say(good("whole"));
  return { traceId, problems };
}

async function draw(trace: Trace | undefined, path: string): Promise<void> {
  if (!trace) return;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, waterfallSvg(trace));
}

/** Says which Sentry error events belong to a trace. */
export function sayErrors(traceId: string, events: readonly SentryErrorEvent[]): void {
  for (const event of errorsOf(traceId, events)) {
    say(dim(`Sentry error: ${textOfError(event)} (span ${event.trace?.spanId})`));
  }
}
