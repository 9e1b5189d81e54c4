import type { Command } from "../command.ts";
import { write } from "../output.ts";
import { asJson, planAsText, summary } from "./report.ts";
import { SENTRY_ENVIRONMENT_USAGE, SENTRY_OPTIONS, SENTRY_OPTIONS_USAGE, withPlan } from "./session.ts";

const USAGE = `Usage: tracekeep sentry plan [options]

Compares a Sentry project with the file that describes it, and prints what "tracekeep sentry apply" would change.
It changes nothing.

${SENTRY_OPTIONS_USAGE}  --detailed-exitcode  exit with 3 if there is something to change
  --json               print one JSON object: { ok, organization, project, url, changes, surplus, notes },
                       or { ok, error, faults } where no plan can be made
${SENTRY_ENVIRONMENT_USAGE}
Exit codes: 0 the plan is made, 1 it could not be, 2 wrong usage, 3 as above.
`;

const CHANGES = 3;

export const command: Command = {
  summary: "compare a Sentry project with its file",
  usage: USAGE,
  options: { ...SENTRY_OPTIONS, "detailed-exitcode": { type: "boolean" } },
  run(values) {
    return withPlan(values, async (plan) => {
      const advice =
        plan.changes.length === 0 ? "" : ' Nothing was changed: "tracekeep sentry apply" does it.';
      write(values.json === true ? asJson(plan, {}) : `${planAsText(plan)}${summary(plan)}${advice}\n`);
      return values["detailed-exitcode"] === true && plan.changes.length > 0 ? CHANGES : 0;
    });
  },
};
