import { type Finding, warning } from "../finding.ts";
import type { PackageTree } from "./tree.ts";

const NAME = "other tracers";

/** Packages that trace by themselves, and register with OpenTelemetry or patch gRPC. */
const TRACERS: ReadonlySet<string> = new Set([
  "@appsignal/nodejs",
  "@azure/monitor-opentelemetry",
  "@elastic/opentelemetry-node",
  "@honeycombio/opentelemetry-node",
  "@opentelemetry/auto-instrumentations-node",
  "@opentelemetry/sdk-node",
  "@opentelemetry/sdk-trace-node",
  "@splunk/otel",
  "dd-trace",
  "elastic-apm-node",
  "newrelic",
]);

/** Other tracing that the service itself brings; what is deep in the tree is seldom started. */
export function checkOtherTracers({ installed }: PackageTree): Finding[] {
  const own = installed.filter(({ via }) => via.length === 1);
  const tracers = own.filter(({ name }) => TRACERS.has(name));
  const findings = tracers.map(({ name, version }) =>
    warning(
      NAME,
      `${name} ${version} is a dependency: if it is started first, spans of other instrumentations go to it, and calls may be traced twice`,
      `remove ${name}, or start Tracekeep first`,
    ),
  );
  const doubling = own.find(({ name }) => name === "@opentelemetry/instrumentation-grpc");
  if (doubling !== undefined) {
    findings.push(
      warning(
        NAME,
        `${doubling.name} ${doubling.version} is a dependency: each call has a second span by it, and what is below may hang on the wrong one`,
        `remove ${doubling.name}, or leave it out of the instrumentations that are registered`,
      ),
    );
  }
  const sentry = own.find(({ name }) => name.startsWith("@sentry/") && name !== "@sentry/core");
  if (sentry === undefined) return findings;
  const { name, version } = sentry;
  return [
    ...findings,
    warning(
      NAME,
      `${name} ${version} is a dependency: it registers with OpenTelemetry first, its own tracing on or off`,
      "give Sentry.init skipOpenTelemetrySetup: true, and leave tracesSampleRate out",
    ),
  ];
}
