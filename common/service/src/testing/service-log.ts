import { EventEmitter, once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

/** A line of a service's log. */
export type LogLine = Readonly<Record<string, unknown>>;

/** What a service logs, one JSON object a line. */
export class ServiceLog {
  readonly lines: LogLine[] = [];
  readonly #events = new EventEmitter();

  constructor(output: Readable) {
    createInterface({ input: output }).on("line", (text) => {
      this.lines.push(JSON.parse(text));
      this.#events.emit("line");
    });
  }

  /** The first line with this message, as soon as it is there. */
  async wait(msg: string): Promise<LogLine> {
    for (;;) {
      const line = this.lines.find((candidate) => candidate.msg === msg);
      if (line) return line;
      await once(this.#events, "line");
    }
  }
}
