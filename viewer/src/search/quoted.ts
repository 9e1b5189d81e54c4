/** Longer ones together would not fit into a search. */
const LONGEST = 200;
/** Quotes, which end a value, and what an address or a search box does not keep. */
const LOST = /["\p{C}\p{Zl}\p{Zp}]/gu;

/** A value as a search finds it, quoted: `*` stands for what a search cannot hold. */
export function quoted(value: string): string {
  const text = value.slice(0, LONGEST).replace(LOST, "*");
  return `"${text}${value.length > LONGEST ? "*" : ""}"`;
}
