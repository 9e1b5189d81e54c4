import type { ExplainedConfig } from "../../../config/index.ts";
import { type Finding, ok, warning } from "../finding.ts";

/** Whether tracing is on at all. */
export function checkSwitch({ config, settings }: ExplainedConfig): Finding {
  if (config?.enabled !== true) {
    return warning(
      "tracing",
      "is off: a service that starts here makes no spans",
      "set TRACING_ENABLED=true, and remove OTEL_SDK_DISABLED",
    );
  }
  // As explained: without secrets.
  const shown = (name: string): string => settings.find(({ variable }) => variable === name)?.value ?? "";
  const [service, environment] = ["TRACE_SERVICE_NAME", "TRACE_ENVIRONMENT"].map(shown);
  return ok("tracing", `is on, for the service ${service} in ${environment}`);
}
