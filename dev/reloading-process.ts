import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Environment } from "./environment.ts";

const STOP_LIMIT_MS = 5_000;

export interface ProcessOptions {
  /** A TypeScript or JavaScript file. */
  readonly file: string;
  /** Where it runs. */
  readonly folder: string;
  /** Its environment over that of this process, asked at each start. */
  readonly environment: () => Environment;
  readonly onLine: (line: string) => void;
  /** It has ended by itself: with `exit code 1`, or by a signal. */
  readonly onEnd: (how: string) => void;
}

/** A Node.js process that can be started anew. */
export class ReloadingProcess {
  readonly #options: ProcessOptions;
  #child: ChildProcess | undefined;
  #changed = false;
  #reloading: Promise<void> | undefined;
  #stopped = false;

  constructor(options: ProcessOptions) {
    this.#options = options;
  }

  start(): void {
    const { file, folder, environment, onLine, onEnd } = this.#options;
    const child = spawn(process.execPath, [file], {
      cwd: folder,
      env: { ...process.env, ...environment() },
      stdio: ["ignore", "pipe", "pipe"],
      // Not in the terminal's process group: Ctrl-C would reach it before, and beside, the orderly end from here.
      detached: true,
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) createInterface(stream).on("line", onLine);
    child.once("error", (error) => onLine(error.message));
    child.once("close", (code, signal) => {
      if (this.#child !== child) return;
      this.#child = undefined;
      onEnd(signal ?? `exit code ${code}`);
    });
  }

  /** Ends the process and starts it from what the files hold by then; once for changes that come meanwhile. */
  reload(): Promise<void> {
    this.#changed = true;
    this.#reloading ??= this.#reload().finally(() => {
      this.#reloading = undefined;
    });
    return this.#reloading;
  }

  /** Ends the process: in order, or after five seconds by force. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#reloading;
    await this.#end();
  }

  async #reload(): Promise<void> {
    while (this.#changed && !this.#stopped) {
      await this.#end();
      this.#changed = false;
      if (!this.#stopped) this.start();
    }
  }

  async #end(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const closed = once(child, "close");
    const timer = setTimeout(() => child.kill("SIGKILL"), STOP_LIMIT_MS);
    child.kill("SIGTERM");
    await closed;
    clearTimeout(timer);
  }
}
