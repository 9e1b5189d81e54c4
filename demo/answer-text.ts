import { textAt } from "./json-text.ts";

/** An answer of the gateway in words, for people. */
export function inWords(status: number, text: string): string {
  const lines = text.trimEnd().split("\n");
  const last = lines.at(-1) ?? "";
  const message = textAt(last, "error", "message");
  if (message !== undefined) return `answered ${status}, ${textAt(last, "error", "code")}: ${message}.`;
  if (textAt(last, "type") === "summary") {
    const count = (name: string) => textAt(last, name) ?? "?";
    return `answered ${status}, ${count("paid")} of ${count("employees")} paid, ${count("failed")} failed.`;
  }
  const id = textAt(text, "id");
  return id === undefined ? `answered ${status}.` : `answered ${status}, account ${id} is open.`;
}

/** How many payments the lines of a streamed answer tell so far. */
export function paymentsIn(text: string): number {
  return text.split("\n").filter((line) => textAt(line, "type") === "payment").length;
}
