import { undisguised } from "./disguises.ts";
import { Mark, marksOf } from "./marks.ts";
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

/** Masking may lay open a secret that was glued to another one; more often than this only texts made for it do. */
const MOST_PASSES = 8;

/** Compiles the built-in rules and the user's own patterns into one function; what it has cleaned it leaves as it is. */
export function compileValueRules(patterns: readonly RegExp[], mask: Mask): (text: string) => string {
  const own = patterns.map(besideMasked);
  /** @param found the marks of the text; what is masked meanwhile brings none that a rule looks at. */
  const pass = (text: string, found: number): string => {
    let result = text;
    for (const pattern of own)
      result = result.replace(pattern, (match) => (match === "" ? match : mask(match)));
    for (const { marks, sign, apply } of VALUE_RULES)
      if ((marks & found) !== 0 && sign.test(result)) result = apply(result, mask);
    return result;
  };
  const clean = (text: string, found: number): string => {
    let result = pass(text, found);
    let before = text;
    for (let passes = 1; result !== before && passes < MOST_PASSES; passes++) {
      before = result;
      result = pass(result, marksOf(result));
    }
    return result;
  };
  return (text) => {
    const found = marksOf(text);
    // Most texts have nothing at all to be looked at.
    if (found === 0 && own.length === 0) return text;
    const result = clean(text, found);
    if ((found & Mark.disguise) === 0) return result;
    const read = undisguised(result);
    const masked = read === result ? read : clean(read, marksOf(read));
    // Only where there is a secret to be seen: a text that has none stays as it was written.
    return masked === read ? result : masked;
  };
}

/** The pattern, for all matches; what is masked already is taken as a whole, so that no part of it matches. */
function besideMasked({ source, flags }: RegExp): RegExp {
  return new RegExp(`${MASKED}|(?:${source})`, `${flags.replace(/[gy]/g, "")}g`);
}
