import type { Socket } from "node:net";
import { hangUp } from "./hang-up.ts";
import { type HttpResponse, ResponseReader } from "./response-reader.ts";

/** Of a server that ends kept connections: so long before, no request is sent any more. */
const MARGIN_MS = 1_000;

interface Exchange {
  readonly reader: ResponseReader;
  resolve(response: HttpResponse): void;
  reject(error: Error): void;
}

/**
 * Requests and responses over one socket, one after the other. Written to the socket itself: each further kind of
 * stream that Node meets makes every call of gRPC slower, and `node:http` has several.
 */
export class Connection {
  readonly #socket: Socket;
  #current: Exchange | undefined;
  #isAnswering = false;
  #isOver = false;
  /** By a clock that never runs backwards. */
  #usableUntil = Number.POSITIVE_INFINITY;

  /**
   * @param socket that is connected.
   * @param closed called once nothing is left of it.
   */
  constructor(socket: Socket, closed: () => void) {
    this.#socket = socket;
    socket.on("data", (bytes) => this.#read(bytes));
    socket.on("end", () => this.#ended());
    socket.on("error", (error) => this.#fail(error));
    socket.on("close", () => {
      this.#fail(hangUp());
      closed();
    });
  }

  /** Whether it is kept and no request is under way. */
  get isIdle(): boolean {
    return !this.#isOver && this.#current === undefined;
  }

  /** Whether its server is about to end it, by its own word. */
  get isExpired(): boolean {
    return performance.now() >= this.#usableUntil;
  }

  /** Whether anything has come since the last request. */
  get isAnswering(): boolean {
    return this.#isAnswering;
  }

  /**
   * Sends a request, and keeps the process alive until it is answered.
   *
   * @param head without the empty line that ends it.
   * @param mostKept bytes of the response's body.
   */
  exchange(head: string, body: Uint8Array, mostKept: number): Promise<HttpResponse> {
    // Nothing would be told of it any more.
    if (this.#socket.destroyed) return Promise.reject(hangUp());
    return new Promise((resolve, reject) => {
      this.#current = { reader: new ResponseReader(mostKept), resolve, reject };
      this.#isAnswering = false;
      const socket = this.#socket;
      socket.ref();
      socket.cork();
      socket.write(`${head}\r\n`, "latin1");
      if (body.length > 0) socket.write(body);
      socket.uncork();
    });
  }

  destroy(error?: Error): void {
    if (error !== undefined) this.#fail(error);
    this.#isOver = true;
    this.#socket.destroy();
  }

  /** Resolves when it is closed. */
  closed(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (this.#socket.closed) resolve();
    else this.#socket.once("close", () => resolve());
    return promise;
  }

  #read(bytes: Buffer): void {
    const current = this.#current;
    this.#isAnswering = true;
    try {
      if (current?.reader.push(bytes) === true) this.#answer(current);
    } catch (error) {
      this.destroy(error as Error);
    }
    // Nothing was asked.
    if (current === undefined) this.destroy();
  }

  #ended(): void {
    if (this.#current?.reader.end() === true) this.#answer(this.#current);
    this.destroy(hangUp());
  }

  #answer({ reader, resolve }: Exchange): void {
    this.#current = undefined;
    const { response } = reader;
    const usableMs = keptMs(response);
    this.#usableUntil = performance.now() + usableMs;
    // Of a request that was refused before it had been read, the rest is still to be written.
    if (!reader.allowsAnother || usableMs <= 0 || this.#socket.writableLength > 0) this.destroy();
    this.#socket.unref();
    resolve(response);
  }

  #fail(error: Error): void {
    this.#isOver = true;
    const { reject } = this.#current ?? {};
    this.#current = undefined;
    reject?.(error);
  }
}

/** For how long a request may follow. */
function keptMs({ headers }: HttpResponse): number {
  const [, seconds] = /\btimeout=(\d+)/i.exec(headers["keep-alive"] ?? "") ?? [];
  return seconds === undefined ? Number.POSITIVE_INFINITY : Number(seconds) * 1_000 - MARGIN_MS;
}
