import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { SERVICE_NAMES, type ServiceName, type Settings } from "../demo/settings.ts";
import { DATA, ROOT, serviceFolder } from "./folders.ts";

export type Environment = Readonly<Record<string, string>>;

/** The port of each service: the one that was set for it, or else the one in its .env.example. */
export function portsOf(settings: Settings): Record<ServiceName, number> {
  const port = (name: ServiceName): number =>
    Number(
      settings[name].PORT ?? parseEnv(readFileSync(join(serviceFolder(name), ".env.example"), "utf8")).PORT,
    );
  return {
    treasury: port("treasury"),
    ledger: port("ledger"),
    payroll: port("payroll"),
    gateway: port("gateway"),
  };
}

/** Where each service serves its metrics, unless that was set for it. */
const METRICS_PORTS: Readonly<Record<ServiceName, number>> = {
  gateway: 9464,
  ledger: 9465,
  treasury: 9466,
  payroll: 9467,
};

/** The port of a service's metrics; 0 for any free one, undefined for none. */
export function metricsPortOf(name: ServiceName, settings: Settings): number | undefined {
  const set = settings[name].METRICS_PORT;
  return set === "" ? undefined : Number(set ?? METRICS_PORTS[name]);
}

/** The developer's own Sentry project, where the environment or the repository's .env names one. */
export function ownSentryDsn(env: NodeJS.ProcessEnv): string | undefined {
  const file = join(ROOT, ".env");
  const fromFile =
    env.READ_ENV_FILES?.trim() !== "false" && existsSync(file) ? parseEnv(readFileSync(file, "utf8")) : {};
  return (env.SENTRY_DSN ?? fromFile.SENTRY_DSN)?.trim() || undefined;
}

/** Where traces go: to the viewer, and to the developer's own Sentry project if there is one. */
export function destinations(
  viewer: { url: string; dsn: string },
  sentryDsn: string | undefined,
): Environment {
  if (sentryDsn === undefined) return { SENTRY_DSN: viewer.dsn };
  return { SENTRY_DSN: sentryDsn, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${viewer.url}/v1/traces` };
}

/** What a service's environment says at the desk, over the developer's own. */
export function serviceEnvironment(
  name: ServiceName,
  settings: Settings,
  sendsTo: Environment,
  inherited: NodeJS.ProcessEnv,
): Environment {
  const ports = portsOf(settings);
  const addresses = SERVICE_NAMES.map((each) => [
    `${each.toUpperCase()}_ADDRESS`,
    `127.0.0.1:${ports[each]}`,
  ]);
  // What listens on this machine is not behind a proxy, whatever the machine's other connections need.
  const noProxy = [inherited.no_proxy ?? inherited.NO_PROXY, "127.0.0.1"].filter(Boolean).join(",");
  return {
    HOST: "127.0.0.1",
    PORT: String(ports[name]),
    METRICS_PORT: String(METRICS_PORTS[name]),
    ...Object.fromEntries(addresses),
    NO_PROXY: noProxy,
    no_proxy: noProxy,
    ENVIRONMENT: "development",
    TRACE_ENVIRONMENT: "development",
    TRACE_SAMPLE_RATE: "1",
    TRACE_EXPORT_INTERVAL_MS: "200",
    DATABASE_PATH: join(DATA, `${name}.sqlite`),
    // A reload should not wait for long streams.
    SHUTDOWN_GRACE_MS: "0",
    SHUTDOWN_TIMEOUT_MS: "3000",
    ...sendsTo,
    ...settings[name],
  };
}
