import { cachedByKey, LONGEST_KEY } from "./key-cache.ts";

/** Words that make a key secret wherever they stand in it: `db.password.old`, `x-api-key`, `cookie_consent`. */
const SECRET_WORDS = [
  "password", "passwd", "passphrase", "passcode", "pwd", "secret", "secrets", "authorization", "cookie", "cookies",
  "credential", "credentials", "apikey", "api key", "access key", "private key", "signing key", "encryption key",
  "jwt", "otp", "cvv", "cvc", "ssn", "iban", "pan", "card number", "cardnumber", "credit card", "creditcard",
  "debit card", "debitcard", "account number", "dsn", "csrf", "xsrf",
]; // biome-ignore format: a list of words

/** Words that make a key secret only as its last one: `access_token` is secret, `token_count` is not. */
const SECRET_ENDINGS = [
  "token", "tokens", "pin", "session", "sessionid", "session id", "session key", "sid", "email", "e mail",
  "email address", "phone", "phone number", "phonenumber",
]; // biome-ignore format: a list of words

/** Words written in one with the one before them: `clientsecret`, `x-authtoken`. */
const GLUED_WORD =
  /(?:secret|password|passwd|passphrase|pwd|apikey|privatekey|accesskey|credentials?|authorization|cookie) /;
const GLUED_ENDING = /token $/;

/** Last words that only say in what form the secret is: `tokenValue`, `access_token_2`. */
const FORM = /(?: (?:value|string|header|raw|hash|\d+)){1,9} $/;

/**
 * Compiles the rules that tell a secret by its key. Keys are compared word by word, so that case and
 * separators (`apiKey`, `api-key`, `API_KEY`) make no difference.
 *
 * @param extra further secret words, in any spelling.
 */
export function compileKeyRules(extra: readonly string[]): (key: string) => boolean {
  const anywhere = [...SECRET_WORDS, ...extra.map(spaced)].map((word) => ` ${word} `);
  const endings = SECRET_ENDINGS.map((word) => ` ${word} `);
  const isSecret = (key: string): boolean => {
    const words = ` ${spaced(key)} `;
    if (GLUED_WORD.test(words) || anywhere.some((word) => words.includes(word))) return true;
    const bare = words.replace(FORM, " ");
    return GLUED_ENDING.test(bare) || endings.some((word) => bare.endsWith(word));
  };
  return cachedByKey((key) =>
    key.length > LONGEST_KEY
      ? isSecret(key.slice(0, LONGEST_KEY)) || isSecret(key.slice(-LONGEST_KEY))
      : isSecret(key),
  );
}

/** `http.request.header.xAPIKey2` becomes `http request header x api key 2`. */
function spaced(key: string): string {
  return key
    .replace(/([a-z0-9])([A-Z])|([A-Z])(?=[A-Z][a-z])|([A-Za-z])(?=\d)/g, "$1$3$4 $2")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}
