import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { loadTracingConfig } from "tracekeep";

const SERVICES = join(import.meta.dirname, "../../../services");

/** A value for what is secret, or known only where the service runs. */
const INSTEAD: Readonly<Record<string, string>> = {
  SENTRY_DSN: "https://key@sentry.example/1",
  DATABASE_URL: "postgres://user:password@postgres:5432/database",
  INSTANCE_ID: "ledger-5d4f",
};

/**
 * What is wrong with the variables that a deployment gives a service, a line each: names that neither its .env.example
 * nor tracing knows, which a test holds to the code, and values that tracing refuses or warns of.
 */
export function faultsOfSettings(service: string, given: Readonly<Record<string, string>>): string[] {
  const example = readFileSync(join(SERVICES, service, ".env.example"), "utf8");
  const known = new Set(Array.from(example.matchAll(/^#? ?([A-Z][A-Z_]*)=/gm), ([, name]) => name));
  const unknown = Object.keys(given).filter((name) => !known.has(name));
  const env = Object.fromEntries(
    Object.entries({ ...parseEnv(example), ...given }).map(([name, value = ""]) => [
      name,
      value || INSTEAD[name] || "",
    ]),
  );
  const { warnings } = loadTracingConfig({ env, cwd: "/" });
  return [...unknown.map((name) => `${service} knows no ${name}`), ...warnings];
}
