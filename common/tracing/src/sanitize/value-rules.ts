import { undisguised } from "./disguises.ts";
import { marksOf } from "./marks.ts";
import { MASKED, type Mask } from "./mask.ts";
import { apiKeys, keysInContext } from "./rules/api-keys.ts";
import { assignments, commandOptions, headers } from "./rules/assignments.ts";
import { cards } from "./rules/cards.ts";
import { emails, encodedEmails } from "./rules/emails.ts";
import { homeDirectories } from "./rules/home-directories.ts";
import { basicCredentials, bearerTokens, otherSchemes } from "./rules/http-credentials.ts";
import { ibans } from "./rules/ibans.ts";
import { jsonWebTokens } from "./rules/json-web-tokens.ts";
import { nestedSecrets } from "./rules/nested-secrets.ts";
import { elements, namedValues, passwordLiterals, takenKeys } from "./rules/other-forms.ts";
import { namedPhones, phones } from "./rules/phones.ts";
import { privateKeys } from "./rules/private-keys.ts";
import { namedSocialSecurity, socialSecurity } from "./rules/social-security.ts";
import { urlQueries } from "./rules/url-queries.ts";
import { urlPasswords, urlUsers } from "./rules/url-user-info.ts";
import type { ValueRule } from "./rules/value-rule.ts";

/** In this order: a rule sees what the ones before it left, so what masks most comes first. */
export const VALUE_RULES: readonly ValueRule[] = [
  privateKeys,
  urlPasswords,
  urlUsers,
  urlQueries,
  headers,
  jsonWebTokens,
  bearerTokens,
  basicCredentials,
  otherSchemes,
  keysInContext,
  namedSocialSecurity,
  nestedSecrets,
  assignments,
  commandOptions,
  takenKeys,
  elements,
  namedValues,
  passwordLiterals,
  apiKeys,
  emails,
  encodedEmails,
  phones,
  namedPhones,
  cards,
  ibans,
  socialSecurity,
  homeDirectories,
];

/** What is encoded, or not ASCII, has one of these. */
const DISGUISE = /[%&\\\u0080-\uffff]/;

/** Masking may lay open a secret that was glued to another one; more often than this only texts made for it do. */
const MOST_PASSES = 8;

/** Compiles the built-in rules and the user's own patterns into one function; what it has cleaned it leaves as it is. */
export function compileValueRules(patterns: readonly RegExp[], mask: Mask): (text: string) => string {
  const own = patterns.map(besideMasked);
  const pass = (text: string): string => {
    let result = text;
    for (const pattern of own)
      result = result.replace(pattern, (match) => (match === "" ? match : mask(match)));
    const found = marksOf(result);
    if (found === 0) return result;
    for (const { marks, sign, apply } of VALUE_RULES)
      if ((marks & found) !== 0 && sign.test(result)) result = apply(result, mask);
    return result;
  };
  const clean = (text: string): string => {
    let result = pass(text);
    let before = text;
    for (let passes = 1; result !== before && passes < MOST_PASSES; passes++) {
      before = result;
      result = pass(result);
    }
    return result;
  };
  return (text) => {
    const result = clean(text);
    if (!DISGUISE.test(result)) return result;
    const read = undisguised(result);
    const masked = read === result ? read : clean(read);
    // Only where there is a secret to be seen: a text that has none stays as it was written.
    return masked === read ? result : masked;
  };
}

/** The pattern, for all matches; what is masked already is taken as a whole, so that no part of it matches. */
function besideMasked({ source, flags }: RegExp): RegExp {
  return new RegExp(`${MASKED}|(?:${source})`, `${flags.replace(/[gy]/g, "")}g`);
}
