/**
 * Letters of all scripts, for the inside of a character class, nearly: as ranges, since `\p{L}` makes a pattern's
 * code five times as large (80 kB each).
 */
export const LETTER = String.raw`a-zA-Z\u00aa\u00b5\u00ba\u00c0-\u1fff\u2c00-\u2dff\u3005-\u3007\u3040-\ud7ff\ud800-\udfff\uf900-\ufdff\ufe70-\ufefe\uff21-\uff3a\uff41-\uffdc`;

/** These, and digits. */
export const WORD = String.raw`${LETTER}0-9\uff10-\uff19`;
