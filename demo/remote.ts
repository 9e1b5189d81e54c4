import { run } from "./request.ts";
import { scenario } from "./scenario.ts";
import { bad, bold, dim, say } from "./text.ts";

/** Runs the scenario with traces going to Sentry; resolves to the trace ids and whether the requests behaved. */
export async function runForSentry(gateway: string): Promise<{ traceIds: string[]; behaved: boolean }> {
  const traceIds: string[] = [];
  let behaved = true;
  for (const [index, step] of scenario.entries()) {
    say(`\n${bold(`${index + 1}. ${step.title}`)}`);
    if (step.prepare) say(dim(await step.prepare(gateway)));
    const { traceId, story, problem } = await run(step, gateway);
    say(story);
    if (problem) say(bad(problem));
    behaved &&= problem === undefined;
    traceIds.push(traceId);
  }
  return { traceIds, behaved };
}
