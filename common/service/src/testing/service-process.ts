import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type LogLine, ServiceLog } from "./service-log.ts";

/** Settings of services in tests: nothing of the developer's own, and no wait for callers before the end. */
const testSettings = { PORT: "0", READ_ENV_FILES: "false", SHUTDOWN_GRACE_MS: "0" };

/** A service that runs as a process of its own, with an environment of its own. */
export class ServiceProcess {
  /** Where it listens, `HOST:PORT`; empty if it was not waited for. */
  readonly address: string;
  readonly #child: ChildProcess;
  readonly #exited: Promise<number | null>;
  readonly #log: ServiceLog;

  /** Use `startService`. */
  constructor(child: ChildProcess, exited: Promise<number | null>, address: string, log: ServiceLog) {
    this.#child = child;
    this.#exited = exited;
    this.#log = log;
    this.address = address;
  }

  /** Every line it has logged so far. */
  get lines(): readonly LogLine[] {
    return this.#log.lines;
  }

  /** Waits for a line with this message, unless it is there already. */
  line(msg: string): Promise<LogLine> {
    return this.#log.wait(msg);
  }

  /** Sends the signal and resolves to the exit code; null if the signal killed it. */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> {
    this.#child.kill(signal);
    return this.#exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop("SIGKILL");
  }
}

/**
 * Starts `node main` on a free port, in an empty folder, and waits until it listens, or logs the message `until`.
 * @throws Error with what the process wrote, if it ends before that
 */
export async function startService(
  main: string,
  env: Record<string, string> = {},
  until = "listening",
): Promise<ServiceProcess> {
  const { child, exited, output } = await launch(main, env);
  const log = new ServiceLog(child.stdout);
  const ended = exited.then((code) => {
    throw new Error(`${main} ended with code ${code} before it was ${until}: ${output.join("")}`);
  });
  const { address = "" } = await Promise.race([log.wait(until), ended]);
  return new ServiceProcess(child, exited, String(address), log);
}

/** Runs `node main` to its end; for services that are expected not to start. */
export async function runToExit(
  main: string,
  env: Record<string, string>,
): Promise<{ code: number | null; stderr: string }> {
  const { child, exited, output } = await launch(main, env);
  child.stdout.resume();
  return { code: await exited, stderr: output.join("") };
}

async function launch(main: string, env: Record<string, string>) {
  const cwd = await mkdtemp(join(tmpdir(), "tracekeep-service-"));
  const { PATH, NODE_OPTIONS, NODE_V8_COVERAGE, NODE_COMPILE_CACHE } = process.env;
  const child = spawn(process.execPath, [main], {
    cwd,
    env: { PATH, NODE_OPTIONS, NODE_V8_COVERAGE, NODE_COMPILE_CACHE, ...testSettings, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output: string[] = [];
  child.stderr.setEncoding("utf8").on("data", (text: string) => output.push(text));
  const exited = once(child, "close").then(async ([code]) => {
    await rm(cwd, { recursive: true, force: true });
    return code as number | null;
  });
  return { child, exited, output };
}
