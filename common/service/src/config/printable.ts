import type { TracingConfig } from "tracekeep";

/** Settings by name, as text. */
export type PrintableConfig = Readonly<Record<string, string>>;

const mask = "***";
const secretNames = /(^|_)(PASSWORD|SECRET|TOKEN|KEY|DSN|CREDENTIALS|DATABASE_URL)$/;

/** Whether a variable's value must not be shown: it is listed as secret, or its name says so. */
export function isSecret(name: string, secrets: readonly string[]): boolean {
  return secrets.includes(name) || secretNames.test(name);
}

/** Hides user, password and query of the URLs in a text. */
export function maskCredentials(text: string): string {
  return text.replace(
    // The login ends at the last @: a password may hold any of the characters that end one elsewhere.
    /([a-z][a-z0-9+.-]*:\/\/)(\S*@)?([^\s?#@]*)(\?[^\s#]*)?/gi,
    (_, scheme: string, login = "", rest = "", query = "") =>
      `${scheme}${login && `${mask}@`}${rest}${query && `?${mask}`}`,
  );
}

/** A configuration for people to read. Secrets are masked: of a secret URL its host and path are left. */
export function printable(
  settings: Readonly<Record<string, unknown>>,
  secrets: readonly string[],
  tracing: TracingConfig,
): PrintableConfig {
  const shown = Object.entries(settings).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const text = typeof value === "string" ? value : JSON.stringify(value);
    const whole = isSecret(name, secrets) && !text.includes("://");
    return [[name, whole ? mask : maskCredentials(text)] as const];
  });
  // The library's own JSON has no secrets.
  return Object.fromEntries([...shown, ...flatten("tracing", JSON.parse(JSON.stringify(tracing)))]);
}

function flatten(path: string, value: unknown): [string, string][] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return [[path, typeof value === "string" ? value : JSON.stringify(value)]];
  }
  return Object.entries(value).flatMap(([name, inner]) => flatten(`${path}.${name}`, inner));
}
