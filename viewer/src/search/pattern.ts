/** Whether a text fits a pattern. */
export type Pattern = (text: string) => boolean;

/** A pattern with `*` (any run of characters) has to fit the whole text; another one is looked for in it. In any case. */
export function patternOf(pattern: string): Pattern {
  const wanted = pattern.toLowerCase();
  if (!wanted.includes("*")) return (text) => text.toLowerCase().includes(wanted);
  const parts = wanted.split("*");
  return (text) => fits(text.toLowerCase(), parts);
}

// Each part at the first place where it fits: no expression that could take for ever.
function fits(text: string, parts: readonly string[]): boolean {
  const [first = "", ...rest] = parts;
  const last = rest.pop() ?? "";
  if (!text.startsWith(first)) return false;
  let position = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, position);
    if (found < 0) return false;
    position = found + part.length;
  }
  return text.length - last.length >= position && text.endsWith(last);
}
