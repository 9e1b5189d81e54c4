import { Agent as HttpAgent, request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { setImmediate as nextTurn } from "node:timers/promises";

export interface HttpResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Sends request bodies to one URL over connections that are kept. */
export interface HttpSender {
  /** Rejects on network faults, after the time limit, and once the sender is closed. */
  post(body: Uint8Array): Promise<HttpResponse>;
  /** Breaks off the request under way and those that wait; resolves when no connection is left. */
  close(): Promise<void>;
}

export interface HttpSenderOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** For the wait until it is a request's turn, the request and its answer, in milliseconds. */
  readonly timeoutMs: number;
  /** Requests that may be under way at a time, each over a connection of its own; default 1. */
  readonly concurrency?: number;
}

/** An answer is read for its error text only. */
const LONGEST_ANSWER = 65_536;

export function createHttpSender({
  url,
  headers,
  timeoutMs,
  concurrency = 1,
}: HttpSenderOptions): HttpSender {
  const target = new URL(url);
  const secure = target.protocol === "https:";
  const agent = secure ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true });
  const send = secure ? httpsRequest : httpRequest;

  let closed = false;
  /** Requests wait here and not in the agent, which opens connections even for those that were broken off. */
  const turns: Promise<unknown>[] = new Array(concurrency).fill(Promise.resolve());
  let next = 0;

  const exchange = (body: Uint8Array, signal: AbortSignal): Promise<HttpResponse> =>
    new Promise((resolve, reject) => {
      if (closed || signal.aborted) return fail(new Error("too late"));
      const options = {
        method: "POST",
        agent,
        signal,
        headers: { ...headers, "content-length": body.length },
      };
      const request = send(target, options, (response) => {
        const chunks: Buffer[] = [];
        let length = 0;
        response.on("data", (chunk: Buffer) => {
          if (length < LONGEST_ANSWER) chunks.push(chunk);
          length += chunk.length;
        });
        response.on("error", fail);
        response.on("end", () => {
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks),
          });
        });
      });
      function fail(error: Error): void {
        if (closed) reject(new Error("the sender is closed"));
        else reject(signal.aborted ? new Error(`no answer within ${timeoutMs} ms`) : error);
      }
      request.on("error", fail);
      request.end(body);
    });

  return {
    post(body) {
      const signal = AbortSignal.timeout(timeoutMs);
      const lane = next++ % concurrency;
      const answer = (turns[lane] as Promise<unknown>).then(() => exchange(body, signal));
      // One turn later, since the connection is free for the next request only then.
      turns[lane] = answer.catch(() => {}).then(() => nextTurn());
      return answer;
    },
    async close() {
      closed = true;
      const sockets = [agent.sockets, agent.freeSockets].flatMap((map) => Object.values(map).flat());
      const gone = sockets.map((socket) => new Promise((resolve) => socket?.once("close", resolve)));
      agent.destroy();
      await Promise.all(gone);
    },
  };
}
