/** A word of a search: `key:value`, `key=value` or plain text, perhaps with a minus before it; or `&` alone. */
export interface Token {
  readonly negated: boolean;
  /** What stands before the colon or the equals sign; empty for plain text. */
  readonly key: string;
  readonly separator: ":" | "=" | "&" | "";
  readonly value: string;
}

const MOST_TOKENS = 32;

/** Takes a search apart at its blanks; quotes (`"..."`) keep blanks, colons and equals signs together. */
export function tokensOf(text: string): Token[] {
  const words = text.match(/-?(?:[^\s":=]+[:=])?"[^"]*"?|\S+/g) ?? [];
  return words.slice(0, MOST_TOKENS).flatMap((word) => tokenOf(word) ?? []);
}

function tokenOf(word: string): Token | undefined {
  if (word === "&") return { negated: false, key: "", separator: "&", value: "" };
  const negated = word.length > 1 && word.startsWith("-");
  const [, key = "", separator = "", rest = ""] = /^([^\s":=]*)([:=]?)(.*)$/s.exec(
    negated ? word.slice(1) : word,
  ) ?? [""];
  const value = rest.replace(/^"([^"]*)"?$/, "$1");
  if (key !== "" && (separator === ":" || separator === "=")) {
    // `service:` is about to be completed, and says nothing yet.
    return value === "" ? undefined : { negated, key, separator, value };
  }
  const plain = separator === "" ? key + value : separator + value;
  return plain === "" ? undefined : { negated, key: "", separator: "", value: plain };
}
