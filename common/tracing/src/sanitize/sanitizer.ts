import type { AttributeValue } from "@opentelemetry/api";
import { compileKeyRules } from "./key-rules.ts";
import { MASK } from "./mask.ts";
import { compileValueRules } from "./value-rules.ts";

/** Longest secret that may lie across the cut of a text that is too long. */
const OVERLAP = 512;
const LONGEST_ARRAY = 128;

/** Cleans everything that a span, an event or an error may hold before it is recorded. */
export interface Sanitizer {
  /** Masks secrets in free text and cuts it to `limit` (default: the limit of values). Cuts before it matches. */
  text(value: string, limit?: number): string;
  /** A copy of an attribute's value that may be recorded; undefined if the value is of no allowed type. */
  attribute(key: string, value: unknown): AttributeValue | undefined;
}

export interface SanitizerOptions {
  /** Further secret words in keys. */
  readonly keys: readonly string[];
  /** Further patterns whose matches are masked. */
  readonly patterns: readonly RegExp[];
  /** Longest text, in UTF-16 code units. */
  readonly valueLength: number;
}

/** Compiles the rules once; the sanitiser itself keeps no state but a bounded cache of keys. */
export function createSanitizer({ keys, patterns, valueLength }: SanitizerOptions): Sanitizer {
  const isSecretKey = compileKeyRules(keys);
  const maskValues = compileValueRules(patterns);

  const text = (value: string, limit = valueLength): string => {
    const masked = maskValues(value.length > limit + OVERLAP ? value.slice(0, limit + OVERLAP) : value);
    return masked.length > limit ? masked.slice(0, limit) : masked;
  };

  const scalar = (value: unknown): string | number | boolean | undefined => {
    if (typeof value === "string") return text(value);
    if (typeof value === "boolean") return value;
    if (typeof value === "number") return isSecretNumber(value, maskValues) ? MASK : value;
    return undefined;
  };

  return {
    text,
    attribute(key, value) {
      if (value === null || value === undefined || key === "") return undefined;
      if (isSecretKey(key)) return MASK;
      if (!Array.isArray(value)) return scalar(value);
      const items = value.slice(0, LONGEST_ARRAY).map(scalar);
      return items.filter((item) => item !== undefined).map(sameTypeAs(items)) as AttributeValue;
    },
  };
}

/** A card number is one as a number, too. */
function isSecretNumber(value: number, mask: (text: string) => string): boolean {
  return Number.isSafeInteger(value) && value >= 1e12 && mask(String(value)) === MASK;
}

/** OpenTelemetry's arrays are of one type; masking a number in one turns the others into text as well. */
function sameTypeAs(
  items: readonly unknown[],
): (item: string | number | boolean) => string | number | boolean {
  const types = new Set(items.filter((item) => item !== undefined).map((item) => typeof item));
  return types.size > 1 ? (item) => String(item) : (item) => item;
}
