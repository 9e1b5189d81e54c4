import type { TracingConfig } from "../../../config/index.ts";
import { type Finding, ok, warning } from "../finding.ts";

/** Whether tracing is on at all. */
export function checkSwitch({ enabled, serviceName, environment }: TracingConfig): Finding {
  return enabled
    ? ok("tracing", `is on, for the service ${serviceName} in ${environment}`)
    : warning(
        "tracing",
        "is off: a service that starts here makes no spans",
        "set TRACING_ENABLED=true, and remove OTEL_SDK_DISABLED",
      );
}
