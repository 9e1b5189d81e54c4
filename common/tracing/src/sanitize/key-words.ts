const SEPARATORS = /[^\p{L}\p{N}]+/gu;
/** In a glob, stars and question marks stay. */
export const GLOB_SEPARATORS = /[^\p{L}\p{N}*?]+/gu;

/**
 * A key as words parted by spaces, in small letters: `http.request.header.xAPIKey2` becomes
 * `http request header x api key 2`.
 */
export function toWords(key: string, separators = SEPARATORS): string {
  const parted = key.replace(/([a-z0-9])([A-Z])|([A-Z])(?=[A-Z][a-z])|([A-Za-z])(?=\d)/g, "$1$3$4 $2");
  return toPlainWords(parted, separators);
}

/** The same, but parted only where the key itself is: `x-apiKey2` becomes `x apikey2`. */
export function toPlainWords(key: string, separators = SEPARATORS): string {
  return key.toLowerCase().replace(separators, " ").trim();
}
