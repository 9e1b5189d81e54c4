const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

// Scripts whose characters take two columns of a terminal, and emoji.
const WIDE =
  /\p{Emoji_Presentation}|\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|[\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]/u;
// Control characters (a name could carry terminal commands) and those that reorder text.
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Text that came from outside, made safe for one line of a terminal: whitespace collapsed, controls replaced. */
export function printable(text: string, mostCharacters = 2000): string {
  return text.slice(0, mostCharacters).replace(/\s+/g, " ").replace(UNPRINTABLE, "\ufffd").trim();
}

/** How many columns of a terminal a text takes. */
export function displayWidth(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += WIDE.test(segment) ? 2 : 1;
  return width;
}

/** Cuts a text to at most `width` columns; a cut shows as "…" at the end, or at the start if `keep` is "end". */
export function truncate(text: string, width: number, keep: "start" | "end" = "start"): string {
  if (displayWidth(text) <= width) return text;
  if (width < 1) return "";
  const parts = [...graphemes.segment(text)].map(({ segment }) => segment);
  if (keep === "end") parts.reverse();
  const kept: string[] = [];
  let used = 1;
  for (const part of parts) {
    used += displayWidth(part);
    if (used > width) break;
    kept.push(part);
  }
  return keep === "end" ? `…${kept.reverse().join("")}` : `${kept.join("")}…`;
}

/** Fills a text with spaces up to `width` columns. */
export function pad(text: string, width: number, align: "left" | "right" = "left"): string {
  const space = " ".repeat(Math.max(0, width - displayWidth(text)));
  return align === "left" ? text + space : space + text;
}
