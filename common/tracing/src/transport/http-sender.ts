import { HttpClient } from "./http/http-client.ts";
import type { HttpResponse } from "./http/response-reader.ts";
import { requestFault } from "./request-fault.ts";
import { trustOf } from "./trust.ts";

/** Where request bodies go, for those that send them another way. */
export interface HttpTarget {
  readonly url: string;
  /** Secret. */
  readonly headers: Readonly<Record<string, string>>;
  /** Certificates (PEM) that are trusted beside Node's. */
  readonly ca?: readonly (string | undefined)[];
}

/** Sends request bodies to one URL over connections that are kept. */
export interface HttpSender {
  readonly target: HttpTarget;
  /**
   * Rejects on network faults, after the time limit, and once the sender is closed. A body may arrive twice: if a
   * connection that was kept turns out to be closed, it is sent once more over a new one.
   */
  post(body: Uint8Array): Promise<HttpResponse>;
  /** Breaks off the request under way and those that wait; resolves when no connection is left. */
  close(): Promise<void>;
}

export interface HttpSenderOptions extends HttpTarget {
  /** For the wait until it is a request's turn, the request and its answer, in milliseconds. */
  readonly timeoutMs: number;
  /** Requests that may be under way at a time, each over a connection of its own; default 1. */
  readonly concurrency?: number;
}

/** An answer is read for its error text only. */
const LONGEST_ANSWER = 65_536;

export function createHttpSender(options: HttpSenderOptions): HttpSender {
  const { url, headers, ca = [], timeoutMs, concurrency = 1 } = options;
  const server = new URL(url);
  const path = `${server.pathname}${server.search}`;
  const client = new HttpClient(server, trustOf(ca));

  let closed = false;
  const turns: Promise<unknown>[] = new Array(concurrency).fill(Promise.resolve());
  let next = 0;

  const exchange = async (body: Uint8Array, signal: AbortSignal): Promise<HttpResponse> => {
    try {
      const request = { method: "POST", path, headers, body } as const;
      return await client.exchange({ ...request, mostKept: LONGEST_ANSWER, mayRepeat: true }, signal);
    } catch (error) {
      if (closed) throw new Error("the sender is closed");
      throw signal.aborted ? requestFault("timeout", `no answer within ${timeoutMs} ms`) : error;
    }
  };

  return {
    target: { url, headers, ca },
    post(body) {
      const signal = AbortSignal.timeout(timeoutMs);
      const lane = next++ % concurrency;
      const answer = (turns[lane] as Promise<unknown>).then(() => exchange(body, signal));
      turns[lane] = answer.catch(() => {});
      return answer;
    },
    async close() {
      closed = true;
      await client.close();
    },
  };
}
