import { Mark } from "../marks.ts";
import { REST_OF_HEADER } from "./assigned-value.ts";
import { maskMatches } from "./value-rule.ts";

/** What follows a scheme where it is written about, or where a server asks for it. */
const NO_CREDENTIALS = String.raw`(?!(?:[Aa]uth(?:entication|orization)?|[Cc]redentials?|[Cc]hallenges?)(?![\w~+/=-])|\w{1,32}=")`;

/** `Bearer` and its token (RFC 6750). */
export const bearerTokens = maskMatches(
  Mark.space | Mark.assignment,
  /[Bb][Ee][Aa][Rr][Ee][Rr]/,
  new RegExp(String.raw`\b(bearer(?:[:=]\s{0,4}|\s{1,4}))${NO_CREDENTIALS}[\w.~+/=-]{8,}`, "gi"),
);

/** `Basic` and what follows it (RFC 7617): Base64 has capitals, digits or padding. */
export const basicCredentials = maskMatches(
  Mark.space,
  /[Bb]asic|BASIC/,
  new RegExp(
    String.raw`\b((?:[Bb]asic|BASIC)\s{1,4})${NO_CREDENTIALS}(?=\S{0,200}[\dA-Z=+/])[\w+/=-]{8,}`,
    "g",
  ),
);

/** Schemes whose credentials are lists: all of the header is masked. */
export const otherSchemes = maskMatches(
  Mark.space,
  /AWS4-|Digest|N(?:egotiate|TLM)/,
  new RegExp(
    String.raw`\b((?:AWS4-HMAC-SHA256|Digest(?=\s{1,4}(?:username|realm|nonce|uri|response|qop)=)|(?:Negotiate|NTLM)(?=\s{1,4}[\w+/]{16}))[ \t]{1,4})${REST_OF_HEADER}`,
    "g",
  ),
);
