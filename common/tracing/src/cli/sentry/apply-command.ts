import type { Command } from "../command.ts";
import { styled, write } from "../output.ts";
import { ApiError } from "./api/api-error.ts";
import type { SentryClient } from "./api/client.ts";
import type { Change } from "./plan/change.ts";
import type { Plan } from "./plan/make-plan.ts";
import { asJson, doneLine, planAsText, summary, title } from "./report.ts";
import { SENTRY_ENVIRONMENT_USAGE, SENTRY_OPTIONS, SENTRY_OPTIONS_USAGE, withPlan } from "./session.ts";

const USAGE = `Usage: tracekeep sentry apply [options]

Makes a Sentry project as its file says. A second run changes nothing. It touches what bears Tracekeep's name, and
the visibility of environments that the file names; everything else in the project stays.

${SENTRY_OPTIONS_USAGE}  --json               print one JSON object: { ok, organization, project, url, changes, surplus, notes, made, error },
                       or { ok, error, faults } where no plan can be made
${SENTRY_ENVIRONMENT_USAGE}
Exit codes: 0 the project is as the file says, 1 something could not be done (what was, is told), 2 wrong usage.
`;

export const command: Command = {
  summary: "make a Sentry project as its file says",
  usage: USAGE,
  options: SENTRY_OPTIONS,
  run(values) {
    return withPlan(values, async (plan, client) => {
      const asText = values.json !== true;
      if (asText) write(`${planAsText(plan)}${summary(plan)}\n`);
      const { made, error } = await make(plan, client, (change) => asText && write(doneLine(change)));
      if (!asText) write(asJson(plan, { made, ...(error === undefined ? {} : { error: error.message }) }));
      else if (error !== undefined) write(failure(plan, made, error));
      return error === undefined ? 0 : 1;
    });
  },
};

interface Outcome {
  readonly made: readonly Change[];
  readonly error?: ApiError;
}

/** One after the other, to the first that fails: the next would mostly fail for the same reason. */
async function make(plan: Plan, client: SentryClient, told: (change: Change) => void): Promise<Outcome> {
  const made: Change[] = [];
  const monitorIds = new Map(plan.monitorIds);
  for (const change of plan.changes) {
    try {
      await change.make(client, monitorIds);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return { made, error };
    }
    made.push(change);
    told(change);
  }
  return { made };
}

function failure({ changes }: Plan, made: readonly Change[], { message }: ApiError): string {
  const [failed, ...rest] = changes.slice(made.length);
  const what = failed === undefined ? "" : `${title(failed)}: `;
  const left = rest.map((change) => `- ${title(change)} not tried\n`);
  return `${styled("red", "✗")} ${what}${message}\n${left.join("")}${made.length} of ${changes.length} done. What is done stays; run this again for the rest.\n`;
}
