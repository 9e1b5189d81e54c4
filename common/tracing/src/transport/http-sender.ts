import type { IncomingHttpHeaders } from "node:http";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { ZlibOptions } from "node:zlib";
import { Connections } from "./connections.ts";
import { gzipped } from "./gzip.ts";
import { httpRequest, httpsRequest } from "./node-http.ts";
import { requestFault } from "./request-fault.ts";
import { trustOf } from "./trust.ts";

export interface HttpResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

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
  /** Each body is compressed so by gzip before it is sent; default: bodies go as they are. The headers have to say it. */
  readonly compression?: ZlibOptions;
}

/** An answer is read for its error text only. */
const LONGEST_ANSWER = 65_536;
const PROXY_AUTHENTICATION_REQUIRED = 407;
const TRACE_HEADERS = ["traceparent", "tracestate", "baggage", "sentry-trace"];
const RESET_CODES: ReadonlySet<string> = new Set(["ECONNRESET", "EPIPE"]);

export function createHttpSender(options: HttpSenderOptions): HttpSender {
  const { url, headers, ca = [], timeoutMs, concurrency = 1 } = options;
  const ready = async (body: Uint8Array): Promise<Uint8Array> =>
    options.compression === undefined ? body : gzipped(body, options.compression);
  const target = new URL(url);
  const send = target.protocol === "https:" ? httpsRequest : httpRequest;
  const trust = trustOf(ca);
  const connections = new Connections(target, trust);

  let closed = false;
  /** Requests wait here and not in the agent, which opens connections even for those that were broken off. */
  const turns: Promise<unknown>[] = new Array(concurrency).fill(Promise.resolve());
  let next = 0;

  const exchange = async (body: Uint8Array, signal: AbortSignal, mayRepeat = true): Promise<HttpResponse> => {
    const agent = await connections.agent();
    return new Promise((resolve, reject) => {
      if (closed || signal.aborted) return fail(new Error("too late"));
      let isAnswered = false;
      const request = send(
        target,
        {
          method: "POST",
          agent,
          signal,
          headers: { ...headers, "content-length": body.length },
          // Also here: an agent for a proxy looks at the request only.
          ...trust,
        },
        (response) => {
          isAnswered = true;
          const chunks: Buffer[] = [];
          let length = 0;
          response.on("data", (chunk: Buffer) => {
            if (length < LONGEST_ANSWER) chunks.push(chunk);
            length += chunk.length;
          });
          response.on("error", fail);
          response.on("end", () => {
            const status = response.statusCode ?? 0;
            if (status === PROXY_AUTHENTICATION_REQUIRED) fail(proxyFault(status));
            else {
              signal.removeEventListener("abort", tooLate);
              resolve({ status, headers: response.headers, body: Buffer.concat(chunks) });
            }
          });
        },
      );
      // Instrumentations that do not ask whether tracing is suppressed have put theirs on it by now.
      for (const name of TRACE_HEADERS) if (!(name in headers)) request.removeHeader(name);
      function tooLate(): void {
        connections.timedOut();
        fail(new Error("too late"));
      }
      function fail(error: Error): void {
        signal.removeEventListener("abort", tooLate);
        if (closed) reject(new Error("the sender is closed"));
        else reject(signal.aborted ? requestFault("timeout", `no answer within ${timeoutMs} ms`) : error);
      }
      // Of a tunnel; a proxy that fetches answers like the destination.
      request.on("proxyConnect", ({ statusCode }: { statusCode?: number }) => {
        if (statusCode !== undefined && statusCode !== 200) request.destroy(proxyFault(statusCode));
      });
      request.on("error", (error: NodeJS.ErrnoException) => {
        // The server has closed a connection that was kept, at the moment that it was used again.
        const isStale = request.reusedSocket && !isAnswered && RESET_CODES.has(error.code ?? "");
        if (!isStale || !mayRepeat || closed || signal.aborted) return fail(error);
        signal.removeEventListener("abort", tooLate);
        connections.dropIdle();
        exchange(body, signal, false).then(resolve, reject);
      });
      // A request that waits for a proxy does not notice itself.
      signal.addEventListener("abort", tooLate, { once: true });
      request.end(body);
    });
  };

  return {
    target: { url, headers, ca },
    post(body) {
      const signal = AbortSignal.timeout(timeoutMs);
      const lane = next++ % concurrency;
      const answer = (turns[lane] as Promise<unknown>).then(async () => exchange(await ready(body), signal));
      // One turn later, since the connection is free for the next request only then.
      turns[lane] = answer.catch(() => {}).then(() => nextTurn());
      return answer;
    },
    async close() {
      closed = true;
      await connections.close();
    },
  };
}

/** Without the proxy's URL, and worth another try: nothing has reached the destination. */
function proxyFault(status: number): Error {
  const advice = status === PROXY_AUTHENTICATION_REQUIRED ? ": check the credentials in HTTPS_PROXY" : "";
  return requestFault("proxy", `the proxy answered with status ${status}${advice}`);
}
