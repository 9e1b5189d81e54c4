import { isIban } from "./checksums.ts";

/** Longest secret that has several spellings. */
const LONGEST = 320;

/**
 * The one spelling of a secret that is written in several: cards, phone and security numbers without what parts
 * their groups, IBANs in capitals, e-mail addresses in small letters, credentials without their scheme.
 */
export function canonical(secret: string): string {
  if (secret.length > LONGEST) return secret;
  const joined = secret.replace(/[\s().-]/g, "");
  if (/^\+?\d+$/.test(joined)) return joined;
  const capitals = joined.toUpperCase();
  if (isIban(capitals)) return capitals;
  const bare = secret.replace(/^(?:bearer|basic|token)[ \t]+/i, "");
  const address = bare.replace(/%(?:25)?40/, "@").replace(/%(?:25)?2b/gi, "+");
  return /^[^\s@]+@[^\s@]+$/.test(address) ? address.toLowerCase() : bare;
}
