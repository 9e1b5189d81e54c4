import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./dev-process.ts";

const FOLDER = join(ROOT, ".devcontainer");

/** What is used of the development container specification. */
export interface DevContainer {
  readonly name: string;
  readonly build: { readonly dockerfile: string };
  readonly remoteUser: string;
  readonly init: boolean;
  readonly securityOpt: readonly string[];
  readonly runArgs: readonly string[];
  readonly postCreateCommand: string;
  readonly forwardPorts: readonly number[];
  readonly portsAttributes: Readonly<Record<string, { label: string; onAutoForward: string }>>;
}

/** devcontainer.json, which is JSON with comments; here each has a line of its own. */
export function readDevContainer(): { config: DevContainer; text: string } {
  const text = readFileSync(join(FOLDER, "devcontainer.json"), "utf8");
  return { config: JSON.parse(text.replace(/^\s*\/\/.*$/gm, "")), text };
}

export interface Instruction {
  readonly name: string;
  readonly value: string;
}

const INSTRUCTIONS = ["FROM", "RUN", "USER", "ENV", "ARG", "COPY", "WORKDIR", "ENTRYPOINT", "CMD"];

/** The instructions of a Dockerfile, each on one line. Throws where a line is none. */
export function readDockerfile(name: string): Instruction[] {
  const text = readFileSync(join(FOLDER, name), "utf8");
  const lines = text
    .replace(/^\s*#.*\n/gm, "")
    .replace(/\\\n\s*/g, " ")
    .split("\n")
    .filter((line) => line.trim() !== "");
  return lines.map((line) => {
    const [, instruction = "", value = ""] = /^(\w+)\s+(\S.*)$/.exec(line) ?? [];
    if (!INSTRUCTIONS.includes(instruction)) throw new Error(`${name}: ${line} is no instruction`);
    return { name: instruction, value };
  });
}

/** The Debian packages that a script installs: by name, or from a list that it adds to. */
export function debianPackages(script: string): string[] {
  const lists = script
    .replace(/\\\n\s*/g, " ")
    .matchAll(/apt-get install ([^\n;&|]*)|packages\+=\(([^)]*)\)/g);
  const words = Array.from(lists, ([, named = "", added = ""]) =>
    `${named} ${added}`.trim().split(/\s+/),
  ).flat();
  return words.filter((word) => /^[a-z0-9]/.test(word)).sort();
}
