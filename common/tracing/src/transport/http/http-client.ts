import type { Socket } from "node:net";
import { createSecureContext } from "node:tls";
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
  /**
   * Whether it may arrive twice: if a connection that was kept turns out to be closed, it is sent once more over a new
   * one. Without it, nothing is sent over a connection that was kept.
   */
  readonly mayRepeat: boolean;
}

const CLOSED = "the client is closed";
const REQUEST_TIMEOUT = 408;
const FRAMING: ReadonlySet<string> = new Set(["content-length", "transfer-encoding"]);
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

  /** Rejects on network faults, once the signal aborts, and after the client's end. */
  async exchange(request: ClientRequest, signal: AbortSignal): Promise<HttpResponse> {
    signal.throwIfAborted();
    if (this.#isClosed) throw new Error(CLOSED);
    this.#route ??= this.#findRoute();
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

  #findRoute(): Route {
    const { rejectUnauthorized, ca } = this.#trust;
    const proxy = findProxy(this.#server.href);
    const secureContext = ca && createSecureContext({ ca });
    return { target: this.#server, trust: { rejectUnauthorized, secureContext }, proxy };
  }

  async #send(
    route: Route,
    head: string,
    { body, mostKept, mayRepeat }: ClientRequest,
    ended: AbortSignal,
  ): Promise<HttpResponse> {
    const kept = mayRepeat ? this.#takeIdle() : undefined;
    if (kept !== undefined) {
      try {
        const response = await over(kept, ended, () => kept.exchange(head, body, mostKept));
        // Meant for a connection that carries nothing, it met the request on its way (RFC 9110, 15.5.9).
        if (response.status !== REQUEST_TIMEOUT) return response;
      } catch (error) {
        const isStale = !kept.isAnswering && RESET_CODES.has((error as NodeJS.ErrnoException).code);
        if (!isStale || ended.aborted) throw error;
      }
    }
    this.#dropIdle();
    const connection = this.#add(await dial(route, ended));
    return over(connection, ended, () => connection.exchange(head, body, mostKept));
  }

  #takeIdle(): Connection | undefined {
    for (const connection of this.#open) if (connection.isIdle && connection.isExpired) connection.destroy();
    return [...this.#open].findLast(({ isIdle }) => isIdle);
  }

  #add(socket: Socket): Connection {
    // No promise: it would hold on to the request that is under way.
    const connection: Connection = new Connection(socket, () => this.#open.delete(connection));
    this.#open.add(connection);
    return connection;
  }

  /** When the server has ended one, it has most likely ended the others; else there are some only if none is to be used. */
  #dropIdle(): void {
    for (const connection of this.#open) if (connection.isIdle) connection.destroy();
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
        ...withoutFraming(headers),
        ...(isFetched ? proxy.headers : {}),
        ...(method === "GET" ? {} : { "content-length": String(body.length) }),
      },
    });
  }
}

/** Headers by their names in lower case, without those that would say something else of where the body ends. */
function withoutFraming(headers: Readonly<Record<string, string>>): Record<string, string> {
  const named = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  return Object.fromEntries(named.filter(([name]) => !FRAMING.has(name)));
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
