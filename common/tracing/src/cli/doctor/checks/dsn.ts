import type { ExplainedConfig } from "../../../config/index.ts";
import { type Finding, fault, ok, warning } from "../finding.ts";

const NAME = "dsn";
const FORM = "set SENTRY_DSN to the DSN of the project's client keys, in the form https://KEY@HOST/PROJECT";

/** Whether there is a DSN, and whether it is one. */
export function checkDsn({ settings, faults, config }: ExplainedConfig): Finding {
  const broken = faults.find(({ name }) => name === "SENTRY_DSN");
  if (broken !== undefined) return fault(NAME, `SENTRY_DSN ${broken.message.split("; ")[0]}`, FORM);
  // With tracing off it is no fault of the configuration.
  const isOdd = config?.warnings.some((text) => text.startsWith("SENTRY_DSN ")) === true;
  if (isOdd && config?.sentryDsn === undefined) return warning(NAME, "SENTRY_DSN cannot be read", FORM);
  const setting = settings.find(({ variable }) => variable === "SENTRY_DSN");
  if (setting !== undefined && setting.value !== "") {
    return ok(NAME, `SENTRY_DSN is ${setting.value} (${setting.source})`);
  }
  if (config?.otlp !== undefined) return ok(NAME, "SENTRY_DSN is empty; spans go to the OTLP endpoint alone");
  return warning(NAME, "SENTRY_DSN is empty, and there is no OTLP endpoint: nothing is sent", FORM);
}
