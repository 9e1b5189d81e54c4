import { quoted } from "../text/rate.ts";
import { FOREIGN_PASSWORDS } from "./foreign-passwords.ts";
import { LONGEST_KEY } from "./key-cache.ts";
import { compileKeyGlob } from "./key-globs.ts";
import { GLOB_SEPARATORS, toPlainWords, toWords } from "./key-words.ts";

/** Words that make a key secret wherever they stand in it: `db.password.old`, `x-api-key`, `cookie_consent`. */
const SECRET_WORDS = [
  "password", "passwd", "passphrase", "passcode", "pwd", "secret", "secrets", "authorization", "cookie", "cookies",
  "credential", "credentials", "apikey", "api key", "access key", "private key", "signing key", "encryption key",
  "jwt", "otp", "cvv", "cvc", "ssn", "iban", "pan", "card number", "cardnumber", "credit card", "creditcard",
  "debit card", "debitcard", "account number", "account key", "dsn", "csrf", "xsrf", "bearer", "social security",
  "tax id", "passport number", "connection string", "shared access signature", "auth key", "subscription key",
  "master key", "ssh key", "application key", "functions key", "jsessionid", "phpsessid", "code verifier",
  "client assertion", "saml response", "recovery code", "recovery codes", "mnemonic", "passwords", "passwort",
  "kennwort", "wachtwoord", "contraseña", "contrasena", "senha", "mot de passe", "haslo",
]; // biome-ignore format: a list of words

/** Words that make a key secret only as its last one: `access_token` is secret, `token_count` is not. */
const SECRET_ENDINGS = [
  "token", "pin", "session", "sessionid", "session id", "session key", "sid", "email", "e mail",
  "email address", "emails", "phones", "phone", "phone number", "phonenumber", "mobile number", "auth", "pass", "pw",
]; // biome-ignore format: a list of words

/** Words written in one with the one before them: `clientsecret`, `x-authtoken`. */
const GLUED_WORD = new RegExp(
  `(?:secret|password|passwd|passphrase|pwd|apikey|privatekey|accesskey|credentials?|authorization|cookie|${FOREIGN_PASSWORDS}) `,
);
const GLUED_ENDING = /(?:token|(?:db|user|smtp|mail|admin|root)pass) $/;

/** Last words that only say in what form the secret is: `tokenValue`, `access_token_2`. */
const FORM = /(?: (?:value|string|header|raw|hash|\d+)){1,9} $/;

/** Queries without their URL, and URLs whose query is told from nothing but the key. */
const QUERY_KEYS: ReadonlySet<string> = new Set(["url.query"]);
const URL_KEYS: ReadonlySet<string> = new Set([
  "url.full", "url.original", "http.url", "http.target", "http.request.target",
]); // biome-ignore format: a list of names

/** Statements of a database, in which values may stand, and where instrumentations put the values themselves. */
const STATEMENT_KEYS: ReadonlySet<string> = new Set(["db.query.text", "db.statement"]);
const PARAMETER_KEYS = /^db\.(?:(?:query|operation)\.parameter\.|postgresql\.values$)/;

/** As a number it says how many: `gen_ai.usage.input_tokens`. */
const TOKENS = / tokens $/;

/**
 * What a key says of its value: that it is secret, or if it is no number, that it is, or has, a query of a URL, or that
 * it is a statement.
 */
export type KeyVerdict = "plain" | "secret" | "tokens" | "query" | "url" | "statement";

/**
 * Compiles the rules that tell a secret by its key. Keys are compared word by word, so that case and
 * separators (`apiKey`, `api-key`, `API_KEY`) make no difference.
 *
 * @param extra further secret words, and globs of whole keys (`*_secret`), in any spelling.
 * @throws Error for a rule that cannot be meant.
 */
export function compileKeyRules(extra: readonly string[]): (key: string) => KeyVerdict {
  for (const rule of extra) {
    const fault = faultOf(rule);
    if (fault !== undefined) throw new Error(`The list of secret keys ${fault}.`);
  }
  const anywhere = [
    ...SECRET_WORDS,
    ...extra.filter((rule) => !isGlob(rule)).map((rule) => toWords(rule)),
  ].map(asPart);
  const endings = SECRET_ENDINGS.map(asPart);
  const globs = extra.filter(isGlob).map(compileGlob);
  const isSecret = (key: string): boolean => {
    const words = asPart(toWords(key));
    if (GLUED_WORD.test(words) || anywhere.some((word) => words.includes(word))) return true;
    const bare = words.replace(FORM, " ");
    if (GLUED_ENDING.test(bare) || endings.some((word) => bare.endsWith(word))) return true;
    return globs.some((matches) => matches(key));
  };
  return (key) => {
    const ends = key.length > LONGEST_KEY ? [key.slice(0, LONGEST_KEY), key.slice(-LONGEST_KEY)] : [key];
    if (ends.some(isSecret) || PARAMETER_KEYS.test(key)) return "secret";
    if (ends.some((end) => TOKENS.test(asPart(toWords(end)).replace(FORM, " ")))) return "tokens";
    if (QUERY_KEYS.has(key)) return "query";
    if (STATEMENT_KEYS.has(key)) return "statement";
    return URL_KEYS.has(key) ? "url" : "plain";
  };
}

/** What is wrong with a rule of the user's, to be put behind the name of the list; undefined if nothing is. */
export function faultOf(rule: string): string | undefined {
  const advice = "write words or globs such as tenant_code or *_secret";
  if (!/[\p{L}\p{N}]/u.test(rule)) return `has the rule ${quoted(rule)}, which names no key; ${advice}`;
  const wrong = /[^\p{L}\p{N}\s*?_.:/-]/u.exec(rule)?.[0];
  return wrong && `has the rule ${quoted(rule)}, in which "${wrong}" has no meaning; ${advice}`;
}

const isGlob = (rule: string): boolean => /[*?]/.test(rule);
const asPart = (words: string): string => ` ${words} `;

/** Compares both ways of parting words, since a glob may be written in one or not: `*apikey*`, `*apiKey*`. */
function compileGlob(glob: string): (key: string) => boolean {
  const plain = compileKeyGlob(toPlainWords(glob, GLOB_SEPARATORS));
  const inWords = compileKeyGlob(toWords(glob, GLOB_SEPARATORS));
  return (key) => plain(toPlainWords(key)) || inWords(toWords(key));
}
