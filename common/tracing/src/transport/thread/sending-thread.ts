import type { Results, Task } from "./messages.ts";
import { NoThreadError, RunningThread } from "./running-thread.ts";

/** The thread that compresses and sends for all of the process: started when it is first asked to. */
export class SendingThread {
  readonly #program: URL | undefined;
  #running: RunningThread | undefined;
  #isImpossible = false;

  /** @param program of the thread; undefined if there is to be none. */
  constructor(program: URL | undefined) {
    this.#program = program;
  }

  /** Rejects with NoThreadError if there can be no thread, or it ends before. */
  async ask<T extends Task>(task: T): Promise<Results[T["kind"]]> {
    const thread = this.#start();
    if (thread === undefined) throw new NoThreadError("there is no sending thread");
    return thread.ask(task);
  }

  /** Breaks off what it does; resolves when nothing of it is left. It starts again when it is asked again. */
  async stop(): Promise<void> {
    const thread = this.#running;
    this.#running = undefined;
    await thread?.stop();
  }

  #start(): RunningThread | undefined {
    const program = this.#program;
    if (this.#running !== undefined || this.#isImpossible || program === undefined) return this.#running;
    try {
      const thread: RunningThread = new RunningThread(program, () => {
        if (this.#running !== thread) return;
        // Nobody has stopped it: what ended it would end the next one.
        this.#running = undefined;
        this.#isImpossible = true;
      });
      this.#running = thread;
    } catch {
      // Node's permission model may forbid threads.
      this.#isImpossible = true;
    }
    return this.#running;
  }
}
