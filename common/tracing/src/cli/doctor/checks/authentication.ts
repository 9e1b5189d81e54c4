import type { Destination } from "../../../export/destinations.ts";
import { readPartialSuccess } from "../../../export/partial-success.ts";
import type { Delivery } from "../../probe/deliver.ts";
import { type Finding, fault, notChecked, ok, warning } from "../finding.ts";

/** Whether the server took the test trace from us. */
export function checkAuthentication(
  name: string,
  destination: Destination,
  { answer }: Delivery,
  traceId: string,
): Finding {
  if (answer === undefined) return notChecked(name, "there was no answer");
  const isSentry = destination.name.startsWith("sentry ");
  const variable = isSentry ? "SENTRY_DSN" : "OTEL_EXPORTER_OTLP_TRACES_HEADERS";
  switch (answer.status) {
    case 401:
      return fault(
        name,
        `the key is not accepted (401)`,
        `copy ${variable} again; the key may have been revoked`,
      );
    case 403:
      return fault(
        name,
        "the key is not accepted for this project (403)",
        `copy ${variable} again; the project or the key may be disabled`,
      );
    case 429:
      return warning(
        name,
        "the key is accepted, but the limit is used up (429): for now nothing is taken",
        "wait, lower TRACE_SAMPLE_RATE, or raise the quota",
      );
  }
  if (answer.status < 200 || answer.status > 299) return notChecked(name, "the endpoint is not one");
  const { rejectedSpans } =
    destination.envelope === undefined ? readPartialSuccess(answer) : { rejectedSpans: 0 };
  return rejectedSpans === 0
    ? ok(name, `the test trace ${traceId} was taken`)
    : warning(
        name,
        `the test trace ${traceId} was taken, but ${rejectedSpans} of its spans were not`,
        "look at the server's log",
      );
}
