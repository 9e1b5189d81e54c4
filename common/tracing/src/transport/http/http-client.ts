import type { Socket } from "node:net";
import { findProxy, PROXY_AUTHENTICATION_REQUIRED, proxyFault } from "../proxy.ts";
import type { Trust } from "../trust.ts";
import { Connection } from "./connection.ts";
import { dial, type Route } from "./dial.ts";
import { type HttpRequest, requestHead } from "./request-head.ts";
import type { HttpResponse } from "./response-reader.ts";

export interface ClientRequest extends Omit<HttpRequest, "target"> {
  /** Path and query; the server is always the client's. */
  readonly path: string;
  readonly body: Uint8Array;
  /** Bytes of the response's body that are kept; what is beyond is read over. */
  readonly mostKept: number;
}

const CLOSED = "the client is closed";
const RESET_CODES: ReadonlySet<unknown> = new Set(["ECONNRESET", "EPIPE"]);

/** Requests to one server, direct or by the proxy that the environment names, over connections that are kept. */
export class HttpClient {
  readonly #server: URL;
  readonly #trust: Trust;
  readonly #open = new Set<Connection>();
  readonly #underWay = new Set<AbortController>();
  #isClosed = false;
  #route: Route | undefined;

  constructor(server: URL, trust: Trust) {
    this.#server = server;
    this.#trust = trust;
  }

  /**
   * Rejects on network faults, once the signal aborts, and after the client's end. A request may arrive twice: if a
   * connection that was kept turns out to be closed, it is sent once more over a new one.
   */
  async exchange(request: ClientRequest, signal: AbortSignal): Promise<HttpResponse> {
    signal.throwIfAborted();
    if (this.#isClosed) throw new Error(CLOSED);
    this.#route ??= { target: this.#server, trust: this.#trust, proxy: findProxy(this.#server.href) };
    const head = this.#headOf(request, this.#route);
    const ended = new AbortController();
    const abort = (): void => ended.abort(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    this.#underWay.add(ended);
    try {
      const response = await this.#send(this.#route, head, request, ended.signal);
      if (response.status === PROXY_AUTHENTICATION_REQUIRED) throw proxyFault(response.status);
      return response;
    } finally {
      this.#underWay.delete(ended);
      signal.removeEventListener("abort", abort);
    }
  }

  /** Breaks off what is under way; resolves when no connection is left. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const ended of this.#underWay) ended.abort(new Error(CLOSED));
    const closed = [...this.#open].map((connection) => connection.closed());
    for (const connection of this.#open) connection.destroy();
    await Promise.all(closed);
  }

  async #send(
    route: Route,
    head: string,
    { body, mostKept }: ClientRequest,
    ended: AbortSignal,
  ): Promise<HttpResponse> {
    const kept = [...this.#open].findLast(({ isFree }) => isFree);
    if (kept !== undefined) {
      try {
        return await over(kept, ended, () => kept.exchange(head, body, mostKept));
      } catch (error) {
        const isStale = !kept.isAnswering && RESET_CODES.has((error as NodeJS.ErrnoException).code);
        if (!isStale || ended.aborted) throw error;
        this.#dropFree();
      }
    }
    const connection = this.#add(await dial(route, ended));
    return over(connection, ended, () => connection.exchange(head, body, mostKept));
  }

  #add(socket: Socket): Connection {
    // No promise: it would hold on to the request that is under way.
    const connection: Connection = new Connection(socket, () => this.#open.delete(connection));
    this.#open.add(connection);
    return connection;
  }

  /** When the server has ended one, it has most likely ended the others. */
  #dropFree(): void {
    for (const connection of this.#open) if (connection.isFree) connection.destroy();
  }

  #headOf({ method, path, headers, body }: ClientRequest, { proxy }: Route): string {
    const { protocol, host, origin } = this.#server;
    const isFetched = proxy !== undefined && protocol === "http:";
    return requestHead({
      method,
      // What a proxy fetches, it is asked for by its whole URL (RFC 9112, 3.2.2).
      target: isFetched ? `${origin}${path}` : path,
      headers: {
        host,
        ...headers,
        ...(isFetched ? proxy.headers : {}),
        ...(method === "GET" ? {} : { "content-length": String(body.length) }),
      },
    });
  }
}

/** Has the signal end the connection while it is used. */
async function over(
  connection: Connection,
  signal: AbortSignal,
  exchange: () => Promise<HttpResponse>,
): Promise<HttpResponse> {
  const abort = (): void => connection.destroy(signal.reason as Error);
  signal.addEventListener("abort", abort, { once: true });
  try {
    const response = exchange();
    if (signal.aborted) abort();
    return await response;
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
