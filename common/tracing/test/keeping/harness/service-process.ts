import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { nodeEnvironment } from "../../harness/node-environment.ts";
import type { FromService, Order, Reply, ToService } from "./messages.ts";

type Environment = Readonly<Record<string, string>>;

/** A service in a process of its own. */
export class ServiceProcess {
  readonly #child: ChildProcess;
  readonly #held: string[] = [];
  readonly #replies = new Map<number, (reply: Reply) => void>();
  readonly #waiting = new Set<() => void>();
  #port: number | undefined;
  #lastId = 0;

  /** @param workers how many processes of a `node:cluster` it is made of; 0 for one of its own. */
  constructor(env: Environment, workers = 0) {
    const program = workers === 0 ? "../fixtures/service.ts" : "../fixtures/cluster.ts";
    this.#child = fork(new URL(program, import.meta.url), {
      env: { ...nodeEnvironment, ...env, WORKERS: String(workers) },
      execArgv: ["--expose-gc"],
    });
    this.#child.on("message", (message: FromService) => this.#take(message));
    this.#child.once("exit", () => this.#look());
  }

  /** Resolves when it serves. */
  async address(): Promise<string> {
    await this.#until(() => this.#port !== undefined);
    if (this.#port === undefined) throw new Error("a service has exited instead of serving");
    return `127.0.0.1:${this.#port}`;
  }

  get hasExited(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Resolves with what it answers; with nothing if it is gone. */
  async order(order: Order): Promise<Reply> {
    if (this.hasExited) return {};
    const id = ++this.#lastId;
    let reply: Reply | undefined;
    this.#replies.set(id, (given) => {
      reply = given;
    });
    this.#send({ ...order, id });
    await this.#until(() => reply !== undefined);
    return reply ?? {};
  }

  /** Resolves when a request has come to this step of its plan. */
  async holds(hold: string): Promise<void> {
    await this.#until(() => this.#held.includes(hold));
    this.#held.splice(this.#held.indexOf(hold), 1);
  }

  /** Lets it flush and exit; resolves with its exit code. */
  async stop(): Promise<number | null> {
    if (this.hasExited) return this.#child.exitCode;
    this.#send("stop");
    const [code] = (await once(this.#child, "exit")) as [number | null];
    return code;
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }

  #send(message: ToService): void {
    this.#child.send(message);
  }

  #take(message: FromService): void {
    if ("port" in message) this.#port = message.port;
    else if ("held" in message) this.#held.push(message.held);
    else {
      this.#replies.get(message.id)?.(message.reply);
      this.#replies.delete(message.id);
    }
    this.#look();
  }

  #look(): void {
    for (const look of this.#waiting) look();
  }

  /** Resolves when the condition holds, or the process has gone. */
  #until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!condition() && !this.hasExited) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }
}
