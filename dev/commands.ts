import { createInterface } from "node:readline";
import type { ReadStream } from "node:tty";

export type Command = "round" | "fail" | "load" | "help" | "end";

const COMMANDS: Readonly<Record<string, Command>> = {
  "": "round",
  r: "round",
  f: "fail",
  l: "load",
  "?": "help",
  h: "help",
  q: "end",
};
const CTRL_C = "\u0003";
const CTRL_D = "\u0004";

export const KEYS =
  "Enter or r: a round of requests · f: one that fails · l: 200 requests · ?: help · q: end";

/**
 * Reads commands: keys from a terminal, else lines. An unknown one means help. Returns a function that ends that and
 * gives the terminal back as it was.
 */
export function readCommands(
  input: ReadStream | NodeJS.ReadableStream,
  command: (command: Command) => void,
): () => void {
  return "setRawMode" in input ? readKeys(input, command) : readLines(input, command);
}

function readKeys(input: ReadStream, command: (command: Command) => void): () => void {
  const onData = (keys: Buffer): void => {
    for (const key of keys.toString()) {
      if (key === CTRL_C || key === CTRL_D) command("end");
      else command(COMMANDS[key.trim()] ?? "help");
    }
  };
  input.setRawMode(true);
  input.on("data", onData);
  return () => {
    input.off("data", onData);
    input.setRawMode(false);
    input.pause();
  };
}

function readLines(input: NodeJS.ReadableStream, command: (command: Command) => void): () => void {
  const lines = createInterface({ input });
  lines.on("line", (line) => command(COMMANDS[line.trim()] ?? "help"));
  return () => {
    lines.close();
    input.pause();
  };
}
