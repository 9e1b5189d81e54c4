import { Mark } from "../marks.ts";
import { maskMatches } from "./value-rule.ts";

/** JSON Web Tokens and Signatures (RFC 7519, RFC 7515); the first part alone is masked, too. */
export const jsonWebTokens = maskMatches(
  Mark.long,
  /eyJ/,
  /(?<![A-Za-z0-9_-])eyJ[\w-]{12,}(?:\.[\w-]*){0,4}/g,
);
