const SHORTEST = 16;

/** Reads the key of hashes, a secret. Throws an Error that does not print it. */
export function parseHashKey(text: string): string {
  if (text.length >= SHORTEST) return text;
  throw new Error(
    `has ${text.length} characters; write at least ${SHORTEST}, such as what "openssl rand -hex 32" prints`,
  );
}
