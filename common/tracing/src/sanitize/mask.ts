import { createHmac } from "node:crypto";
import { canonical } from "./canonical.ts";

/** What stands where a secret stood; the same text that Sentry's own scrubbing leaves. */
export const MASK = "[Filtered]";

/** A pattern of what may stand where a secret stood: the mask, or a hash. */
export const MASKED = String.raw`\[(?:Filtered|Hashed:[0-9a-f]{12})\]`;

/** Longest text that stands for a secret. */
export const LONGEST_MASKED = "[Hashed:0123456789ab]".length;

/** Of what is longer, in UTF-16 code units, the beginning is hashed. */
const LONGEST_HASHED = 16_384;

const ONLY_MASKED = new RegExp(`^${MASKED}$`);
const ENDS_MASKED = new RegExp(`${MASKED}$`);

/** Gives what stands for a secret. What stands for one already is left alone, so masking twice is masking once. */
export type Mask = (secret: string) => string;

/**
 * @param hashKey with it secrets become keyed hashes (HMAC-SHA-256, RFC 2104, its first 48 bits): equal
 *   secrets, in whatever usual spelling, have equal hashes in all processes with that key.
 */
export function createMask(hashKey: string | undefined): Mask {
  if (hashKey === undefined) return (secret) => (isMasked(secret) ? secret : MASK);
  return (secret) => {
    if (isMasked(secret)) return secret;
    const digest = createHmac("sha256", hashKey)
      .update(canonical(secret).slice(0, LONGEST_HASHED))
      .digest("hex");
    return `[Hashed:${digest.slice(0, 12)}]`;
  };
}

/** Whether the text is nothing but a mask or a hash. */
export function isMasked(text: string): boolean {
  return text.length <= LONGEST_MASKED && ONLY_MASKED.test(text);
}

/** Whether the text ends with a mask or a hash. */
export function endsMasked(text: string): boolean {
  return text.endsWith("]") && ENDS_MASKED.test(text.slice(-LONGEST_MASKED));
}
