import { Worker } from "node:worker_threads";
import { outsideOfRequests } from "../../outside-of-requests.ts";
import { BatchedPort } from "./batched-port.ts";
import { type Answer, errorOf, ownBytes, type Question, type Results, type Task } from "./messages.ts";

/** There is no thread, or it has ended: whoever asked does it himself. */
export class NoThreadError extends Error {
  override readonly name = "NoThreadError";
}

interface Waiting {
  resolve(result: never): void;
  reject(error: Error): void;
}

/** A thread with the program of `tracekeep-thread.ts`, from its start to its end. Idle, it does not keep the process alive. */
export class RunningThread {
  readonly #worker: Worker;
  readonly #ended: () => void;
  readonly #questions: BatchedPort<Question>;
  readonly #waiting = new Map<number, Waiting>();
  #asked = 0;

  /**
   * @param ended called when it ends, also if it could not begin.
   * @throws Error where Node allows no threads.
   */
  constructor(program: URL, ended: () => void) {
    this.#ended = ended;
    this.#worker = outsideOfRequests(() => startWorker(program));
    this.#questions = new BatchedPort(this.#worker);
    this.#worker.on("message", (answers: readonly Answer[]) => {
      for (const answer of answers) this.#answered(answer);
    });
    // Its exit follows.
    this.#worker.on("error", () => {});
    this.#worker.on("exit", () => this.#end());
    this.#worker.unref();
  }

  /** Rejects with NoThreadError if it ends before. */
  ask<T extends Task>(task: T): Promise<Results[T["kind"]]> {
    return new Promise((resolve, reject) => {
      const id = ++this.#asked;
      this.#waiting.set(id, { resolve, reject });
      if (this.#waiting.size === 1) this.#worker.ref();
      if (!("body" in task)) return this.#questions.post({ ...task, id });
      const body = ownBytes(task.body);
      this.#questions.post({ ...task, id, body }, body);
    });
  }

  /** Breaks off what it does; resolves when nothing of it is left. */
  async stop(): Promise<void> {
    await this.#worker.terminate();
  }

  #answered(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (this.#waiting.size === 0) this.#worker.unref();
    if ("fault" in answer) waiting?.reject(errorOf(answer.fault));
    else waiting?.resolve(answer.result as never);
  }

  #end(): void {
    this.#ended();
    for (const { reject } of this.#waiting.values())
      reject(new NoThreadError("the sending thread has ended"));
    this.#waiting.clear();
  }
}

function startWorker(program: URL): Worker {
  // None of the service's options: what it preloads would trace here, too.
  const { NODE_OPTIONS: _, ...env } = process.env;
  return new Worker(program, {
    name: "tracekeep",
    execArgv: [],
    env,
    // It says nothing; and Node would connect its output to that of the process.
    stdout: true,
    stderr: true,
    // Its old generation has no bound: where V8 finds no room for a thread to start, the whole process dies.
    resourceLimits: { maxYoungGenerationSizeMb: 4 },
  });
}
