import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import type { ServiceConfig } from "@tracekeep/service";
import { afterEach, expect, test, vi } from "vitest";
import { TRACING_VARIABLES } from "../common/tracing/src/config/variables.ts";
import { loadGatewayConfig } from "../services/gateway/src/config.ts";
import { loadLedgerConfig } from "../services/ledger/src/config.ts";
import { loadPayrollConfig } from "../services/payroll/src/config.ts";
import { loadTreasuryConfig } from "../services/treasury/src/config.ts";

afterEach(() => vi.unstubAllEnvs());

/** The configuration that a service has with an environment of its own. */
function load(read: () => ServiceConfig, env: Record<string, string | undefined>): ServiceConfig {
  for (const name of Object.keys(process.env)) vi.stubEnv(name, undefined);
  // Chosen anew at each start otherwise.
  const fixed = { READ_ENV_FILES: "false", INSTANCE_ID: "1" };
  for (const [name, value] of Object.entries({ ...env, ...fixed })) vi.stubEnv(name, value);
  const config = read();
  vi.unstubAllEnvs();
  return config;
}

test.each([
  ["gateway", loadGatewayConfig],
  ["ledger", loadLedgerConfig],
  ["payroll", loadPayrollConfig],
  ["treasury", loadTreasuryConfig],
])(
  ".env.example of %s names every variable, and shows the defaults",
  (service, read: () => ServiceConfig) => {
    const text = readFileSync(join(import.meta.dirname, "../services", service, ".env.example"), "utf8");
    const { tracing: _, printable: __, ...own } = load(read, {});
    const names = new Set([...Object.keys(own), ...Object.keys(TRACING_VARIABLES)]);
    const shown = new Set(Array.from(text.matchAll(/^#? ?([A-Z][A-Z_]*)=/gm), ([, name]) => name));
    // A comment says that each of OpenTelemetry's names also exists for traces alone.
    expect(text).toContain("OTEL_EXPORTER_OTLP_TRACES_*");
    const isShown = (name: string): boolean =>
      shown.has(name) || shown.has(name.replace("OTEL_EXPORTER_OTLP_TRACES_", "OTEL_EXPORTER_OTLP_"));
    expect([...names].filter((name) => !isShown(name))).toEqual([]);
    const { DATABASE_SCHEMA, ...printable } = load(read, parseEnv(text)).printable;
    // What it is by default depends on the service's name.
    expect([undefined, service]).toContain(DATABASE_SCHEMA);
    expect(printable).toEqual(load(read, {}).printable);
  },
);
