/** What stands for a value that throws when it is read. */
export const UNREADABLE = "[unreadable]";

/** Any value as text, without trusting it: code that is not type-checked gives more than strings. */
export function asText(value: unknown): string {
  if (typeof value === "string") return value;
  try {
    return String(value);
  } catch {
    return UNREADABLE;
  }
}
