import type { IncomingHttpHeaders } from "node:http";

/** A request as it was received. */
export interface ReceivedRequest {
  /** Path with query, as sent. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** As it came over the wire. */
  readonly rawBody: Buffer;
  /** Decompressed. */
  readonly body: Buffer;
  /** Milliseconds since the Unix epoch. */
  readonly receivedAt: number;
}

/** An answer made up for a test. "hang": none at all, the connection stays open. */
export type ScriptedAnswer =
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string | Uint8Array;
    }
  | "hang";

/** Decides about each request; undefined lets the intake answer as usual. */
export type AnswerFunction = (
  request: ReceivedRequest,
) => ScriptedAnswer | undefined | Promise<ScriptedAnswer | undefined>;

/** Answers that replace the intake's own, for tests of how a sender takes faults. */
export class AnswerScript {
  readonly #next: ScriptedAnswer[] = [];
  #all: AnswerFunction | undefined;

  /** Queues an answer for the next trace request that has none yet. */
  next(answer: ScriptedAnswer): void {
    this.#next.push(answer);
  }

  /** Asks a function about every request of any kind; undefined ends that. */
  all(answer: AnswerFunction | undefined): void {
    this.#all = answer;
  }

  /** The made-up answer to a request, if there is one. */
  async answerTo(
    request: ReceivedRequest,
    takes: "traces" | "envelope",
  ): Promise<ScriptedAnswer | undefined> {
    const queued = takes === "traces" ? this.#next.shift() : undefined;
    return queued ?? (await this.#all?.(request));
  }
}
