import type { AttributeValue } from "@opentelemetry/api";
import { asText, UNREADABLE } from "./as-text.ts";
import { cachedByKey, LONGEST_KEY } from "./key-cache.ts";
import { compileKeyRules } from "./key-rules.ts";
import { MASK } from "./mask.ts";
import { compileValueRules } from "./value-rules.ts";

/** Longest secret that may lie across the cut of a text that is too long. */
const OVERLAP = 512;
const LONGEST_ARRAY = 128;

/** Cleans everything that a span, an event or an error may hold before it is recorded. */
export interface Sanitizer {
  /**
   * Masks secrets in free text and cuts it to `limit` (default: the limit of values). Cuts before it matches.
   * Takes any value at run time, and never throws.
   */
  text(value: string, limit?: number): string;
  /** An attribute's key as it may be recorded: secrets in it masked, and cut to 256 characters. */
  key(key: string): string;
  /** A copy of an attribute's value that may be recorded; undefined if the value is of no allowed type. Never throws. */
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
    const source = typeof value === "string" ? value : asText(value);
    const isCut = source.length > limit + OVERLAP;
    const masked = maskValues(isCut ? source.slice(0, limit + OVERLAP) : source);
    if (!isCut) return masked.length > limit ? masked.slice(0, limit) : masked;
    // The source's end may be the half of a secret, which no rule knows; masking moves it to the front.
    return masked.slice(0, Math.max(0, Math.min(limit, masked.length - OVERLAP)));
  };

  const scalar = (value: unknown): string | number | boolean | undefined => {
    if (typeof value === "string") return text(value);
    if (typeof value === "boolean") return value;
    if (typeof value === "number") return isSecretNumber(value, maskValues) ? MASK : value;
    return undefined;
  };

  const list = (values: readonly unknown[]): AttributeValue => {
    const items: ReturnType<typeof scalar>[] = [];
    // By index: an array's own methods may be the user's.
    for (let at = 0; at < values.length && at < LONGEST_ARRAY; at++) items.push(scalar(values[at]));
    return items.filter((item) => item !== undefined).map(sameTypeAs(items)) as AttributeValue;
  };

  const cleanKey = cachedByKey((key) => text(key, LONGEST_KEY));

  return {
    text,
    key: (key) => cleanKey(asText(key)),
    attribute(key, value) {
      if (value === null || value === undefined || key === undefined || key === "") return undefined;
      if (isSecretKey(asText(key))) return MASK;
      try {
        return Array.isArray(value) ? list(value) : scalar(value);
      } catch {
        // A proxy can throw at any touch.
        return UNREADABLE;
      }
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
