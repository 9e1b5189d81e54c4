import { type ChildProcess, fork, type Serializable } from "node:child_process";
import { once } from "node:events";

const STOP_LIMIT_MS = 5_000;

export interface ChildOptions {
  /** For messages. */
  readonly name: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly execArgv?: readonly string[];
}

/** A process of the benchmark that has told that it is ready. */
export class Child<Ready> implements AsyncDisposable {
  /** What it told. */
  readonly ready: Ready;
  readonly #process: ChildProcess;
  readonly #failed: Promise<never>;

  /** Use `startChild`. */
  constructor(child: ChildProcess, failed: Promise<never>, ready: Ready) {
    this.#process = child;
    this.#failed = failed;
    this.ready = ready;
  }

  /** Asks one question; rejects with what the process wrote if it ends before it answers. */
  async ask<Reply>(question: Serializable): Promise<Reply> {
    const reply = this.watch(nextMessage<Reply>(this.#process));
    this.#process.send(question);
    return reply;
  }

  /** The promise, or a rejection as soon as this process ends. */
  watch<T>(promise: Promise<T>): Promise<T> {
    return Promise.race([this.#failed, promise]);
  }

  /** Lets the process end by itself, and kills it if it does not. */
  async [Symbol.asyncDispose](): Promise<void> {
    await stop(this.#process);
  }
}

/** Starts a file of this folder; rejects with what it wrote if it ends before it is ready. */
export async function startChild<Ready>(file: URL, options: ChildOptions): Promise<Child<Ready>> {
  const { PATH = "", NODE_V8_COVERAGE } = process.env;
  const child = fork(file, options.args ?? [], {
    // Nothing of the developer's own settings, such as a DSN.
    env: { PATH, ...(NODE_V8_COVERAGE === undefined ? {} : { NODE_V8_COVERAGE }), ...options.env },
    execArgv: [...(options.execArgv ?? [])],
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => output.push(text));
  const failed = once(child, "close").then(([code, signal]): never => {
    const text = output.join("").trim() || "It wrote nothing.";
    throw new Error(`The ${options.name} process ended (${signal ?? `exit code ${code}`}).\n${text}`);
  });
  // Seen by those who wait for something; an end that nobody waits for is no fault.
  failed.catch(() => {});
  try {
    return new Child(child, failed, await Promise.race([failed, nextMessage<Ready>(child)]));
  } catch (error) {
    await stop(child);
    throw error;
  }
}

async function nextMessage<Message>(child: ChildProcess): Promise<Message> {
  const [message] = await once(child, "message");
  return message;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  // Not "close", which does not come after a disconnect from this side.
  const exited = once(child, "exit");
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_LIMIT_MS);
  if (child.connected) child.disconnect();
  await exited;
  clearTimeout(timer);
}
