import { createSanitizer, type TracingConfig } from "tracekeep";

/** Longest text in a line, in UTF-16 code units: a stack trace has room. */
const LONGEST_TEXT = 16_384;

/** What tracing logs of itself has no secrets, and where spans go is worth reading. */
const TRACING_FIELD = "tracing";

/**
 * Masks secrets in a line of the log as in a span: by key and by value, with the same settings. What a handler throws
 * often quotes the request, and its log line leaves the process just as its span does.
 */
export function maskLines(settings: TracingConfig["sanitize"]): (line: string) => string {
  const sanitizer = createSanitizer({ ...settings, valueLength: LONGEST_TEXT });

  const mask = (key: string, value: unknown): unknown => {
    if (typeof value !== "object" || value === null) return sanitizer.attribute(key || "-", value) ?? value;
    if (Array.isArray(value)) return value.map((item) => mask(key, item));
    return maskFields(value);
  };
  const maskFields = (fields: object): object =>
    Object.fromEntries(Object.entries(fields).map(([key, value]) => [sanitizer.key(key), mask(key, value)]));

  return (line) => {
    const { [TRACING_FIELD]: tracing, ...fields } = JSON.parse(line);
    return `${JSON.stringify({ ...maskFields(fields), ...(tracing === undefined ? {} : { tracing }) })}\n`;
  };
}
