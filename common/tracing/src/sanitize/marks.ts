/** Characters, and runs of them, of which each secret has at least one; few ordinary values have any. */
export const Mark = {
  at: 1,
  /** `=`, `:` or `%`. */
  assignment: 2,
  question: 4,
  plus: 8,
  /** White space, or anything that is not ASCII. */
  space: 16,
  /** A backslash, an angle bracket, or a second slash. */
  path: 32,
  /** Four digits in a row. */
  digits: 64,
  /** Fifteen letters, digits, dashes and underscores in a row. */
  long: 128,
  /** What may stand for another character: `%`, `&`, a backslash, or anything that is not ASCII. */
  disguise: 256,
} as const;

const DIGIT = 512;
const WORD = 1_024;
const SLASH = 2_048;

/** Not ASCII. */
const FOREIGN = Mark.space | Mark.disguise;
const KINDS = new Uint16Array(128);
for (let code = 0; code < 128; code++) KINDS[code] = kindOf(String.fromCharCode(code));

function kindOf(character: string): number {
  if (/\d/.test(character)) return DIGIT | WORD;
  if (/[\w-]/.test(character)) return WORD;
  if (/\s/.test(character)) return Mark.space;
  const kinds = { "@": Mark.at, "=": Mark.assignment, ":": Mark.assignment };
  const others = { "?": Mark.question, "+": Mark.plus, "<": Mark.path, "/": SLASH };
  const encoding = {
    "%": Mark.assignment | Mark.disguise,
    "\\": Mark.path | Mark.disguise,
    "&": Mark.disguise,
  };
  return { ...kinds, ...others, ...encoding }[character] ?? 0;
}

/** The marks of a text, found in one pass: most texts need no other look. */
export function marksOf(text: string): number {
  let seen = 0;
  let digits = 0;
  let long = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const kind = code < 128 ? (KINDS[code] as number) : FOREIGN;
    if ((kind & WORD) !== 0) {
      if (++long === 15) seen |= Mark.long;
      if ((kind & DIGIT) === 0) digits = 0;
      else if (++digits === 4) seen |= Mark.digits;
    } else {
      if ((kind & seen & SLASH) !== 0) seen |= Mark.path;
      seen |= kind;
      long = 0;
      digits = 0;
    }
  }
  return seen & ~SLASH;
}
