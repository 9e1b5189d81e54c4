import type { AttributeValue } from "@opentelemetry/api";
import { asText, UNREADABLE } from "./as-text.ts";
import { isCardNumber } from "./checksums.ts";
import { parseHashKey } from "./hash-key.ts";
import { cachedByKey, LONGEST_KEY } from "./key-cache.ts";
import { compileKeyRules, type KeyVerdict } from "./key-rules.ts";
import { createMask } from "./mask.ts";
import { maskLiterals } from "./rules/sql-literals.ts";
import { maskQuery, maskQueryOf } from "./rules/url-queries.ts";
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
  /** Further secret words in keys, and globs of whole keys (`*_secret`), in any case and with any separators. */
  readonly keys: readonly string[];
  /** Further patterns whose matches are masked. */
  readonly patterns: readonly RegExp[];
  /** Longest text, in UTF-16 code units. */
  readonly valueLength: number;
  /**
   * With it, secrets become `[Hashed:…]`, by which equal ones are known again, instead of `[Filtered]`: the key of
   * HMAC-SHA-256, at least 16 characters, itself a secret.
   */
  readonly hashKey?: string | { reveal(): string } | undefined;
}

/**
 * Compiles the rules once; the sanitiser itself keeps no state but a bounded cache of keys.
 *
 * @throws Error for a key rule that cannot be meant, or a hash key that is too short.
 */
export function createSanitizer({ keys, patterns, valueLength, hashKey }: SanitizerOptions): Sanitizer {
  const verdictOf = compileKeyRules(keys);
  const key = typeof hashKey === "object" ? hashKey.reveal() : hashKey;
  const mask = createMask(key === undefined ? undefined : parseHashKey(key));
  const maskValues = compileValueRules(patterns, mask);

  const text = (value: string, limit = valueLength): string => {
    const source = typeof value === "string" ? value : asText(value);
    const isCut = source.length > limit + OVERLAP;
    const masked = maskValues(isCut ? source.slice(0, limit + OVERLAP) : source);
    // The source's end may be the half of a secret, which no rule knows; masking moves it to the front.
    const end = isCut ? Math.max(0, Math.min(limit, masked.length - OVERLAP)) : limit;
    // Half a character, by the cut or from the start, would make the whole JSON of an event unreadable to Sentry.
    return (masked.length > end ? masked.slice(0, end) : masked).toWellFormed();
  };

  /** One character more than is looked at, so that what is too long is still known to be cut. */
  const startOf = (value: string): string => value.slice(0, valueLength + OVERLAP + 1);

  const stringOf: Record<KeyVerdict, (value: string) => string> = {
    plain: text,
    secret: mask,
    tokens: mask,
    statement: (value) => text(maskLiterals(startOf(value), mask)),
    query: (value) => text(maskQuery(startOf(value), mask)),
    url: (value) => text(maskQueryOf(startOf(value), mask)),
  };

  /** A number is written as text only if something in it is secret: a card, or what the user's patterns find. */
  const number = (value: number): string | number => {
    if (isSecretNumber(value)) return mask(String(value));
    if (patterns.length === 0) return value;
    const clean = text(String(value));
    return clean === String(value) ? value : clean;
  };

  const scalar = (verdict: KeyVerdict, value: unknown): string | number | boolean | undefined => {
    if (typeof value === "string") return stringOf[verdict](value);
    if (verdict === "secret") return mask(asText(value));
    if (typeof value === "boolean") return value;
    if (typeof value === "number") return number(value);
    return undefined;
  };

  const list = (verdict: KeyVerdict, values: readonly unknown[]): AttributeValue => {
    const first: unknown[] = [];
    // By index: an array's own methods may be the user's.
    for (let at = 0; at < values.length && at < LONGEST_ARRAY; at++) first.push(values[at]);
    if (verdict === "secret") return mask(first.map((item) => startOf(asText(item))).join());
    const items = first
      .map((item, at) => scalar(isSecretOption(first[at - 1]) ? "secret" : verdict, item))
      .filter((item) => item !== undefined);
    return items.map(sameTypeAs(items)) as AttributeValue;
  };

  const keyOf = cachedByKey((key) => ({ clean: text(key, LONGEST_KEY), verdict: verdictOf(key) }));

  /** `--password`, whose value is the next argument of a command. */
  const isSecretOption = (before: unknown): boolean =>
    typeof before === "string" && /^--[a-z][\w-]*$/i.test(before) && keyOf(before).verdict === "secret";

  return {
    text,
    key: (key) => keyOf(asText(key)).clean,
    attribute(key, value) {
      if (value === null || value === undefined || key === undefined || key === "") return undefined;
      const { verdict } = keyOf(asText(key));
      try {
        return Array.isArray(value) ? list(verdict, value) : scalar(verdict, value);
      } catch {
        // A proxy can throw at any touch.
        return UNREADABLE;
      }
    },
  };
}

/** A card number is one as a number, too. */
function isSecretNumber(value: number): boolean {
  return value >= 1e13 && Number.isSafeInteger(value) && isCardNumber(String(value));
}

/** OpenTelemetry's arrays are of one type; masking a number in one turns the others into text as well. */
function sameTypeAs(
  items: readonly unknown[],
): (item: string | number | boolean) => string | number | boolean {
  const types = new Set(items.map((item) => typeof item));
  return types.size > 1 ? (item) => String(item) : (item) => item;
}
