import type { ZlibOptions } from "node:zlib";
import { gzipped } from "../gzip.ts";
import { createHttpSender, type HttpSender, type HttpSenderOptions } from "../http-sender.ts";
import { NoThreadError } from "./running-thread.ts";
import type { SendingThread } from "./sending-thread.ts";

/** Senders, and what their bodies are compressed by, in a thread of their own; in this one where there is no other. */
export class Senders {
  readonly #thread: SendingThread;
  #open = 0;
  #numbers = 0;

  constructor(thread: SendingThread) {
    this.#thread = thread;
  }

  readonly create = (options: HttpSenderOptions): HttpSender => {
    const { url, headers, ca = [] } = options;
    const thread = this.#thread;
    const sender = ++this.#numbers;
    let isThere = false;
    let here: HttpSender | undefined;
    let closing: Promise<void> | undefined;
    this.#open++;

    const close = async (): Promise<void> => {
      const isLast = --this.#open === 0;
      const left = isLast ? thread.stop() : isThere && thread.ask({ kind: "close", sender }).catch(() => {});
      await Promise.all([left, here?.close()]);
    };
    return {
      target: { url, headers, ca },
      async post(body) {
        if (closing !== undefined) throw new Error("the sender is closed");
        if (here !== undefined) return here.post(body);
        if (!isThere) thread.ask({ kind: "open", sender, options }).catch(() => {});
        isThere = true;
        try {
          const answer = await thread.ask({ kind: "post", sender, body });
          return { ...answer, body: Buffer.from(answer.body.buffer) };
        } catch (error) {
          if (!(error instanceof NoThreadError)) throw error;
          if (closing !== undefined) throw new Error("the sender is closed");
          here ??= createHttpSender(options);
          return here.post(body);
        }
      },
      close: () => (closing ??= close()),
    };
  };

  /** What gzip makes of a body. */
  readonly compress = async (body: Uint8Array, options: ZlibOptions = {}): Promise<Uint8Array> => {
    // The thread ends with the last sender, and must not begin again after it.
    if (this.#open === 0) return gzipped(body, options);
    try {
      return await this.#thread.ask({ kind: "compress", body, options });
    } catch (error) {
      if (!(error instanceof NoThreadError)) throw error;
      return gzipped(body, options);
    }
  };
}
