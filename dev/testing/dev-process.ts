import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assembleTrace, decodeExportRequest, spansOf, type Trace } from "tracekeep-viewer";
import { onTestFailed, onTestFinished } from "vitest";
import { SERVICE_NAMES, type ServiceName } from "../../demo/settings.ts";
import { freePorts } from "./free-ports.ts";

export const ROOT = join(import.meta.dirname, "../..");

type Ports = Readonly<Record<ServiceName, number>>;

export interface DevProcessOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The tree that it runs in; default: this one. */
  readonly root?: string;
  /** Run it in a terminal, whose settings are printed in the end. */
  readonly terminal?: boolean;
  /** Give it nothing of this process's environment but PATH, and no standard input. */
  readonly bare?: boolean;
}

/** `npm run dev` as its user runs it, at free ports. */
export class DevProcess {
  output = "";
  /** What a test has waited for last, in words. */
  waitsFor = "";
  readonly ports: Ports;
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown[]>;

  /** Use `startDev`. */
  constructor(child: ChildProcess, ports: Ports) {
    this.#child = child;
    this.ports = ports;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.output += text;
      });
    }
    this.#closed = once(child, "close");
  }

  get gateway(): string {
    return `http://127.0.0.1:${this.ports.gateway}`;
  }

  /** Where traces are shown, without a slash at its end. */
  get viewer(): string {
    return /Traces are shown at (\S+)\/$/m.exec(this.output)?.[1] ?? "";
  }

  /** Writes a line to its standard input. */
  type(line: string): void {
    this.press(`${line}\n`);
  }

  press(keys: string): void {
    this.#child.stdin?.write(keys);
  }

  /** Waits until it has written this, after what it had written when `since` was its output's length. */
  async says(pattern: RegExp, since = 0): Promise<RegExpExecArray> {
    this.waitsFor = `the output ${pattern}`;
    for (;;) {
      const match = pattern.exec(this.output.slice(since));
      if (match) return match;
      const ended = this.#closed.then((): never => {
        throw new Error(`ended before it said ${pattern}:\n${this.output}`);
      });
      await Promise.race([once(this.#child.stdout ?? this.#child, "data"), ended]);
    }
  }

  /** Waits until all services work. */
  async up(): Promise<this> {
    await this.says(/all services work/);
    return this;
  }

  /** The whole trace, as the viewer holds it as soon as the condition holds. */
  async trace(traceId: string, whole: (trace: Trace) => boolean): Promise<Trace> {
    this.waitsFor = `trace ${traceId}`;
    for (;;) {
      const answer = await fetch(`${this.viewer}/data/traces/${traceId}/otlp`);
      if (answer.ok) {
        const request = decodeExportRequest(Buffer.from(await answer.arrayBuffer()), "json");
        const trace = assembleTrace(traceId, spansOf(request).spans);
        if (whole(trace)) return trace;
        const spans = trace.nodes.map(({ span }) => `${span.service}: ${span.name} (${span.kind})`);
        this.waitsFor = `the rest of trace ${traceId}, of which there is ${spans.join(", ")}`;
      } else await answer.arrayBuffer();
      if (this.#child.exitCode !== null) throw new Error(`ended before the trace came:\n${this.output}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Signals its process group, as a terminal does. */
  signal(signal: NodeJS.Signals): void {
    const { pid, exitCode, signalCode } = this.#child;
    if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, signal);
  }

  async exitCode(): Promise<unknown> {
    return (await this.#closed)[0];
  }
}

/** Starts it for the running test, with which it ends, however that ends. */
export async function startDev(options: DevProcessOptions = {}): Promise<DevProcess> {
  const { args = [], env = {}, root = ROOT, terminal = false, bare = false } = options;
  const data = await mkdtemp(join(tmpdir(), "tracekeep-dev-test-"));
  const free = await freePorts(SERVICE_NAMES.length);
  const ports = Object.fromEntries(SERVICE_NAMES.map((name, index) => [name, free[index]])) as Ports;
  const own = SERVICE_NAMES.flatMap((name) => [
    `${name}:PORT=${ports[name]}`,
    `${name}:METRICS_PORT=0`,
    // A copied tree has a folder for data of its own.
    ...(root === ROOT ? [`${name}:DATABASE_PATH=${data}/${name}`] : []),
  ]);
  const set = own.flatMap((setting) => ["--set", setting]);
  const command = [process.execPath, join(root, "dev/main.ts"), "--port", "0", ...set, ...args];
  const [file = "", ...rest] = terminal ? inTerminal(command) : command;
  const { SENTRY_DSN: _, ...whole } = process.env;
  const inherited = bare ? { PATH: process.env.PATH } : whole;
  const child = spawn(file, rest, {
    env: { ...inherited, READ_ENV_FILES: "false", ...env },
    detached: true,
    stdio: [bare ? "ignore" : "pipe", "pipe", "pipe"],
  });
  const dev = new DevProcess(child, ports);
  // A test that ran out of time would not say why.
  onTestFailed(() => console.error(`The test waited for ${dev.waitsFor}.\n${dev.output}`));
  onTestFinished(async () => {
    dev.signal("SIGTERM");
    await dev.exitCode();
    await rm(data, { recursive: true, force: true });
  });
  return dev;
}

/** A command that gives another one a terminal, and exits as that does. */
function inTerminal(command: readonly string[]): string[] {
  const line = `${command.join(" ")}; code=$?; stty -a; exit $code`;
  return process.platform === "darwin"
    ? ["script", "-q", "/dev/null", "sh", "-c", line]
    : ["script", "-qefc", line, "/dev/null"];
}
