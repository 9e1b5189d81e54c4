import { styleText } from "node:util";

type Style = Parameters<typeof styleText>[0];

/** Coloured on a terminal, unless NO_COLOR is set. */
export function styled(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stdout });
}

/** What could command the terminal, break the line or reorder it. */
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Text from elsewhere, made safe for one line of a terminal. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, "?");
}

export function write(text: string): void {
  process.stdout.write(text);
}

/** `tracekeep tail | head` is no failure. */
export function endQuietlyWhenNobodyReads(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
      process.exit(0);
    });
  }
}
