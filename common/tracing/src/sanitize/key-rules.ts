/** Words that make a key secret wherever they stand in it: `db.password.old`, `x-api-key`. */
const SECRET_WORDS = [
  "password", "passwd", "passphrase", "pwd", "secret", "secrets", "authorization", "cookie", "cookies",
  "credential", "credentials", "apikey", "api key", "access key", "private key", "signing key", "encryption key",
  "jwt", "otp", "cvv", "cvc", "ssn", "iban", "pan", "card number", "account number", "dsn", "csrf", "xsrf",
]; // biome-ignore format: a list of words

/** Words that make a key secret only as its last one: `access_token` is secret, `token_count` is not. */
const SECRET_ENDINGS = [
  "token",
  "tokens",
  "pin",
  "session",
  "sessionid",
  "session id",
  "sid",
  "email",
  "e mail",
  "phone",
];

const CACHE_SIZE = 2_048;

/**
 * Compiles the rules that tell a secret by its key. Keys are compared word by word, so that case and
 * separators (`apiKey`, `api-key`, `API_KEY`) make no difference.
 *
 * @param extra further secret words, in any spelling.
 */
export function compileKeyRules(extra: readonly string[]): (key: string) => boolean {
  const anywhere = [...SECRET_WORDS, ...extra.map(spaced)].map((word) => ` ${word} `);
  const endings = SECRET_ENDINGS.map((word) => ` ${word} `);
  const isSecret = (key: string) => {
    const words = ` ${spaced(key)} `;
    return anywhere.some((word) => words.includes(word)) || endings.some((word) => words.endsWith(word));
  };
  const known = new Map<string, boolean>();
  return (key) => {
    const cached = known.get(key);
    if (cached !== undefined) return cached;
    if (known.size >= CACHE_SIZE) known.clear();
    const secret = isSecret(key.length > 256 ? key.slice(0, 256) : key);
    known.set(key, secret);
    return secret;
  };
}

/** `http.request.header.xApiKey` becomes `http request header x api key`. */
function spaced(key: string): string {
  return key
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}
