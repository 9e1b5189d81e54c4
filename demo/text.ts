import { styleText } from "node:util";

/** Prints a line. */
export function say(line = ""): void {
  process.stdout.write(`${line}\n`);
}

/** A heading of the demo's output. */
export function bold(text: string): string {
  return styleText("bold", text);
}

/** What went well. */
export function good(text: string): string {
  return styleText("green", `✓ ${text}`);
}

/** What did not. */
export function bad(text: string): string {
  return styleText("red", `✗ ${text}`);
}

/** What matters less. */
export function dim(text: string): string {
  return styleText("dim", text);
}
