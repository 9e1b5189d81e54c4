/** The string or number at a path in a JSON text, as text; undefined if the text is not JSON, or has none there. */
export function textAt(text: string, ...path: readonly string[]): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  for (const key of path) {
    value = typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
  }
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}
