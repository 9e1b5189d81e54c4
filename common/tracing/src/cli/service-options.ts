import { type ExplainedConfig, explainTracingConfig } from "../config/index.ts";
import type { OptionValues } from "./command.ts";

/** Options of every command that reads the configuration as a service would. */
export const SERVICE_OPTIONS = {
  "env-file": { type: "string" },
  service: { type: "string" },
} as const;

export const SERVICE_OPTIONS_USAGE = `  --env-file FILE  read this file instead of .env in the working directory
  --service NAME   the name that the service gives itself in code
`;

/** The configuration of a service that would start here. Throws TracekeepError if a file cannot be read. */
export function explainHere(values: OptionValues): ExplainedConfig {
  const { "env-file": envFile, service } = values;
  return explainTracingConfig({
    ...(typeof envFile === "string" ? { envFile } : {}),
    ...(typeof service === "string" ? { serviceName: service } : {}),
  });
}
