import { styleText } from "node:util";

type Style = Parameters<typeof styleText>[0];

/** Coloured on a terminal, unless NO_COLOR is set. */
export function styled(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stdout });
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
