import { createSanitizer, type TracingConfig } from "tracekeep";

/** Settings by name, as text. */
export type PrintableConfig = Readonly<Record<string, string>>;

const mask = "***";
/** Among variables these are secrets, too, though among the keys of spans and logs they need not be. */
const secretNames = /(^|_)(KEYS?|DATABASE_URL)$/;
/** What spans and logs take for a secret by its name: `DB_PASSWORD`, `SMTP_PASS`, `REDIS_PWD`. */
const { attribute } = createSanitizer({ keys: [], patterns: [], valueLength: 1 });

/** Whether a variable's value must not be shown: it is listed as secret, or its name says so. */
export function isSecret(name: string, secrets: readonly string[]): boolean {
  return secrets.includes(name) || secretNames.test(name) || attribute(name, "x") !== "x";
}

/** Hides the login of a setting's value, and the query of one that is a URL. */
export function maskCredentials(value: string): string {
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(value)?.[0] ?? "";
  // The login ends at the last @: a password may hold any of the characters that end one elsewhere.
  const end = value.lastIndexOf("@");
  const shown = end < 0 ? value : `${scheme}${mask}${value.slice(end)}`;
  return value.includes("://") ? shown.replace(/\?[^#]+/, `?${mask}`) : shown;
}

/** A configuration for people to read. Secrets are masked: of a secret URL its host and path are left. */
export function printable(
  settings: Readonly<Record<string, unknown>>,
  secrets: readonly string[],
  tracing: TracingConfig,
): PrintableConfig {
  const shown = Object.entries(settings).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const text = typeof value === "string" ? maskCredentials(value) : JSON.stringify(value, maskTexts);
    const whole = isSecret(name, secrets) && !text.includes("://");
    return [[name, whole ? mask : text] as const];
  });
  // The library's own JSON has no secrets.
  return Object.fromEntries([...shown, ...flatten("tracing", JSON.parse(JSON.stringify(tracing)))]);
}

function maskTexts(_: string, value: unknown): unknown {
  return typeof value === "string" ? maskCredentials(value) : value;
}

function flatten(path: string, value: unknown): [string, string][] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return [[path, typeof value === "string" ? value : JSON.stringify(value)]];
  }
  return Object.entries(value).flatMap(([name, inner]) => flatten(`${path}.${name}`, inner));
}
