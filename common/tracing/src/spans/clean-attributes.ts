import type { Attributes, AttributeValue } from "@opentelemetry/api";
import type { SpanEnvironment } from "./span-environment.ts";

/** A copy of what the user gave, sanitised, as much as one may hold. */
export function cleanAttributes(
  attributes: Attributes | null | undefined,
  { sanitizer, limits }: Pick<SpanEnvironment, "sanitizer" | "limits">,
): Map<string, AttributeValue> {
  const copy = new Map<string, AttributeValue>();
  for (const key of Object.keys(attributes ?? {})) {
    const clean = sanitizer.attribute(key, readProperty(attributes as Attributes, key));
    if (clean !== undefined && copy.size < limits.attributes) copy.set(sanitizer.key(key), clean);
  }
  return copy;
}

/** A getter of the user's that throws must not reach the user's call. */
export function readProperty(attributes: Attributes, key: string): AttributeValue {
  try {
    return attributes[key] as AttributeValue;
  } catch {
    return "[unreadable]";
  }
}
