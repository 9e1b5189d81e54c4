import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { textAt } from "./json-text.ts";

const START_LIMIT_MS = 30_000;
const STOP_LIMIT_MS = 10_000;
const TAIL_LINES = 25;

interface Running {
  readonly name: string;
  readonly child: ChildProcess;
  readonly tail: string[];
  /** Where its metrics are. */
  metrics: string | undefined;
}

/** Child processes that are all stopped in the end; what they write goes to a file each. */
export class Processes {
  /** The folder of the log files, which is also where the processes run. */
  readonly folder = mkdtempSync(join(tmpdir(), "tracekeep-demo-"));
  readonly #running: Running[] = [];
  #stopping: Promise<void> | undefined;

  /**
   * Runs a TypeScript or JavaScript file and waits until it logs that it listens; resolves to its address.
   * Rejects if it ends before, or takes more than 30 seconds.
   */
  async start(name: string, file: string, env: Readonly<Record<string, string>>): Promise<string> {
    if (this.#stopping) throw new Error(`${name} is not started: the demo is being stopped`);
    const child = spawn(process.execPath, [file], {
      cwd: this.folder,
      env: { ...inherited(), ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const running: Running = { name, child, tail: [], metrics: undefined };
    this.#running.push(running);
    const log = createWriteStream(join(this.folder, `${name}.log`));
    child.once("close", () => log.end());
    const ready = Promise.withResolvers<string>();
    for (const stream of [child.stdout, child.stderr]) {
      createInterface(stream).on("line", (line) => {
        log.write(`${line}\n`);
        running.tail.push(line);
        if (running.tail.length > TAIL_LINES) running.tail.shift();
        const address = listeningAddress(line);
        if (address) ready.resolve(address);
        running.metrics ??= metricsUrl(line);
      });
    }
    child.once("error", ready.reject);
    child.once("close", (code, signal) => {
      ready.reject(new Error(`${name} ended (${signal ?? `exit code ${code}`}) before it listened`));
    });
    const late = () =>
      ready.reject(new Error(`${name} does not listen after ${START_LIMIT_MS / 1000} seconds`));
    const timer = setTimeout(late, START_LIMIT_MS);
    return ready.promise.finally(() => clearTimeout(timer));
  }

  /** Where the metrics of each process are, if it has said so. */
  metrics(): { readonly name: string; readonly url: string }[] {
    return this.#running.flatMap(({ name, metrics: url }) => (url === undefined ? [] : [{ name, url }]));
  }

  /** The last lines that each process wrote. */
  tails(): string {
    const parts = this.#running.map(
      ({ name, tail }) => `--- ${name}\n${tail.join("\n") || "(nothing written)"}`,
    );
    return `${parts.join("\n")}\n--- whole logs: ${this.folder}\n`;
  }

  /** What the processes logged of spans that did not get through. */
  undelivered(): string[] {
    const told = /spans? (?:was|were) (?:lost|dropped|refused)|could not be sent/i;
    return this.#running.flatMap(({ name, tail }) =>
      tail.flatMap((line) => {
        const message = textAt(line, "msg");
        return message !== undefined && told.test(message) ? [`${name}: ${message}`] : [];
      }),
    );
  }

  /** The sum of one of tracing's numbers over all processes, which log them when they stop. */
  sumOfStats(...path: readonly string[]): number {
    const numbers = this.#running.flatMap(({ tail }) =>
      tail.flatMap((line) => textAt(line, "tracing", ...path) ?? []),
    );
    return numbers.reduce((sum, text) => sum + Number(text), 0);
  }

  /** Asks the processes to end, the last started first, so that no caller loses its callee; kills one that does not. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  /** Removes the log files. */
  async removeLogs(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  async #stopAll(): Promise<void> {
    for (const { child } of this.#running.toReversed()) {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) continue;
      const closed = once(child, "close");
      const timer = setTimeout(() => child.kill("SIGKILL"), STOP_LIMIT_MS);
      child.kill("SIGTERM");
      await closed;
      clearTimeout(timer);
    }
  }
}

// Of the caller's environment only what a process needs to run at all: the demo is the same everywhere.
function inherited(): Record<string, string> {
  const names = /^(PATH|HOME|TMPDIR|TEMP|TMP|SYSTEMROOT|LANG|TZ|NODE_.*|https?_proxy|no_proxy)$/i;
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      names.test(name) && value !== undefined ? [[name, value]] : [],
    ),
  );
}

function metricsUrl(line: string): string | undefined {
  return textAt(line, "msg") === "metrics are served" ? textAt(line, "url") : undefined;
}

function listeningAddress(line: string): string | undefined {
  return textAt(line, "msg") === "listening" ? textAt(line, "address") : undefined;
}
