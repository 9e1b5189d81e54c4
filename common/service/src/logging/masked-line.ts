import { createSanitizer, type TracingConfig } from "tracekeep";

/** Longest text in a line, in UTF-16 code units: a stack trace has room. */
const LONGEST_TEXT = 16_384;

/** Levels of objects within objects that a line keeps; going on without an end would overflow the stack. */
const DEEPEST = 100;

/**
 * Masks secrets in a line of the log as in a span: by key and by value, with the same settings. What a handler throws
 * often quotes the request, and its log line leaves the process just as its span does. All that stands below a secret
 * key is one secret, whatever its own keys are.
 */
export function maskLines(settings: TracingConfig["sanitize"]): (line: string) => string {
  const sanitizer = createSanitizer({ ...settings, valueLength: LONGEST_TEXT });
  const isSecret = (key: string): boolean => sanitizer.attribute(key, "x") !== "x";

  const mask = (key: string, value: unknown, depth: number): unknown => {
    if (typeof value !== "object" || value === null) return sanitizer.attribute(key || "-", value) ?? value;
    if (depth === DEEPEST) return "[Too deep]";
    if (key !== "" && isSecret(key)) return sanitizer.attribute(key, JSON.stringify(value));
    if (Array.isArray(value))
      return value.map((item, at) => mask(namedBy(key, value, at) ?? key, item, depth + 1));
    return maskFields(value, depth + 1);
  };
  /** What names an item of a list: the header before it (Node's `rawHeaders`), or the option before it (`--password`). */
  const namedBy = (key: string, list: readonly unknown[], at: number): string | undefined => {
    const before = list[at - 1];
    if (typeof before !== "string" || !isSecret(before)) return undefined;
    return (key === "rawHeaders" && at % 2 === 1) || /^--[a-z][\w-]*$/i.test(before) ? before : undefined;
  };
  const maskFields = (fields: object, depth: number): object =>
    Object.fromEntries(
      Object.entries(fields).map(([key, value]) => [sanitizer.key(key), mask(key, value, depth)]),
    );

  return (line) => `${JSON.stringify(maskFields(JSON.parse(withAllDigits(line)), 0))}\n`;
}

const STRING_OR_LONG_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|(?<![\d.])-?\d{16,}(?![\d.eE])/g;

/** pino writes a bigint as a number: one that a double would round becomes a text. */
function withAllDigits(line: string): string {
  if (!/\d{16}/.test(line)) return line;
  return line.replace(STRING_OR_LONG_NUMBER, (token) =>
    token.startsWith('"') || Number.isSafeInteger(Number(token)) ? token : `"${token}"`,
  );
}
