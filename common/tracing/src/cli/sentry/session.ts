import { TracekeepError } from "../../tracekeep-error.ts";
import type { OptionValues } from "../command.ts";
import { styled, write } from "../output.ts";
import { ApiError } from "./api/api-error.ts";
import { SentryClient } from "./api/client.ts";
import { makePlan, type Plan } from "./plan/make-plan.ts";
import { loadSettings } from "./settings/load.ts";

export const SENTRY_OPTIONS = {
  file: { type: "string" },
  prune: { type: "boolean" },
  json: { type: "boolean" },
} as const;

export const SENTRY_OPTIONS_USAGE = `  --file FILE          the project's file, by default deploy/sentry/project.yaml
  --prune              delete what is Tracekeep's and no longer in the file
`;

export const SENTRY_ENVIRONMENT_USAGE = `
From the environment: SENTRY_AUTH_TOKEN, a token with the scopes project:read, project:write, alerts:read and
alerts:write (a plan needs those that read); SENTRY_ORG, SENTRY_PROJECT and SENTRY_URL win over the file.
`;

const FILE = "deploy/sentry/project.yaml";

/**
 * Makes the plan, and does something with it; resolves to the exit code. What Sentry refuses is told, with 1; with
 * --json, so are faults of the file and the environment.
 * @throws TracekeepError INVALID_CONFIG for these faults without --json
 */
export async function withPlan(
  values: OptionValues,
  use: (plan: Plan, client: SentryClient) => Promise<number>,
): Promise<number> {
  const asJson = values.json === true;
  let client: SentryClient | undefined;
  try {
    const settings = loadSettings(typeof values.file === "string" ? values.file : FILE);
    client = new SentryClient(settings, tell);
    return await use(await makePlan(client, settings, values.prune === true), client);
  } catch (error) {
    if (error instanceof ApiError) {
      const { message } = error;
      write(
        asJson ? `${JSON.stringify({ ok: false, error: message })}\n` : `${styled("red", "✗")} ${message}\n`,
      );
    } else if (error instanceof TracekeepError && asJson) {
      const { message } = error;
      write(`${JSON.stringify({ ok: false, error: message, faults: message.split("\n") })}\n`);
    } else throw error;
    return 1;
  } finally {
    await client?.close();
  }
}

/** Beside the output, which may be JSON. */
function tell(line: string): void {
  process.stderr.write(`tracekeep: ${line}\n`);
}
