import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createHttpsServer, Server as HttpsServer } from "node:https";
import { setTimeout as delay } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { type ArrivedSpan, readSpans } from "../../../common/tracing/test/harness/intake.ts";
import { publishArrival } from "../../../common/tracing/test/harness/intake-channel.ts";
import { type Answer, accept, answerTo } from "./answer.ts";
import type { Behaviour } from "./behaviour.ts";
import type { Certificates } from "./certificates.ts";

const PATH = "/api/42/integration/otlp/v1/traces";
/** Below the ports that the system gives away, since this one is closed and opened again. */
const LOWEST_PORT = 16_000;
const PORTS = 16_000;

/** What an endpoint needs to know of the spans that come. */
export type IsKept = (span: ArrivedSpan) => boolean;

/** A Sentry, as far as spans are concerned, that misbehaves until it is healed. */
export class Endpoint implements AsyncDisposable {
  /** For SENTRY_DSN. */
  readonly dsn: string;
  /** Spans of requests that were answered as taken. */
  readonly spans: ArrivedSpan[] = [];
  /** Requests that met the fault. */
  faults = 0;
  /** From each faulty answer to the next request, in milliseconds. */
  readonly pauses: number[] = [];
  readonly #behaviour: Behaviour;
  readonly #isKept: IsKept;
  readonly #certificates: Certificates | undefined;
  readonly #server: Server | HttpsServer;
  readonly #port: number;
  readonly #ended = new AbortController();
  #flapping = Promise.resolve();
  #wellFrom = Number.POSITIVE_INFINITY;
  #faultAt: number | undefined;

  private constructor(behaviour: Behaviour, isKept: IsKept, certificates: Certificates | undefined) {
    this.#behaviour = behaviour;
    this.#isKept = isKept;
    this.#certificates = certificates;
    this.#port = LOWEST_PORT + Math.floor(Math.random() * PORTS);
    const listener: RequestListener = (request, response) => {
      // A connection that breaks is a fault of this side's own.
      this.#take(request, response).catch(() => request.destroy());
    };
    if (behaviour.kind === "certificate" && certificates !== undefined) {
      this.#server = createHttpsServer(certificates.faulty[behaviour.fault], listener);
      this.dsn = `https://publickey@localhost:${this.#port}/42`;
    } else {
      this.#server = createServer(listener);
      this.dsn =
        behaviour.kind === "unknown host"
          ? "https://publickey@sentry.invalid/42"
          : `http://publickey@127.0.0.1:${this.#port}/42`;
    }
  }

  static async start(behaviour: Behaviour, isKept: IsKept, certificates?: Certificates): Promise<Endpoint> {
    const endpoint = new Endpoint(behaviour, isKept, certificates);
    if (behaviour.kind === "refuse") return endpoint;
    await endpoint.#listen();
    if (behaviour.kind === "flap") endpoint.#flapping = endpoint.#flap(behaviour.periodMs);
    return endpoint;
  }

  /** From now on it takes everything. */
  async heal(): Promise<void> {
    this.#wellFrom = performance.now();
    this.#ended.abort();
    await this.#flapping;
    if (this.#server instanceof HttpsServer && this.#certificates !== undefined)
      this.#server.setSecureContext(this.#certificates.good);
    if (!this.#server.listening) await this.#listen();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort();
    await this.#flapping;
    await this.#close();
  }

  get #isWell(): boolean {
    return performance.now() >= this.#wellFrom;
  }

  #listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(this.#port, "127.0.0.1", () => {
        this.#server.off("error", reject);
        resolve();
      });
    });
  }

  async #close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #flap(periodMs: number): Promise<void> {
    while (!this.#ended.signal.aborted) {
      await (this.#server.listening ? this.#close() : this.#listen());
      await delay(periodMs, undefined, { signal: this.#ended.signal }).catch(() => {});
    }
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url !== PATH) {
      await readAll(request);
      if (!this.#breaksAll) response.end("{}");
      return;
    }
    if (this.#faultAt !== undefined) this.pauses.push(performance.now() - this.#faultAt);
    this.#faultAt = undefined;
    if (this.#behaviour.kind === "reset" && !this.#isWell) {
      await new Promise((resolve) => request.once("data", resolve));
      this.#countFault();
      request.socket.resetAndDestroy();
      return;
    }
    const body = decompress(request, await readAll(request));
    publishArrival({ port: this.#port, path: PATH, body });
    const received = { spans: readSpans(body), length: body.length };
    const answer = this.#isWell
      ? accept(received)
      : answerTo(this.#behaviour, received, this.faults, this.#isKept);
    if (typeof answer !== "object" || answer.faulty) this.#countFault();
    if (answer === "trickle") this.#trickle(response);
    else if (answer !== undefined) this.#answer(response, answer);
  }

  /** Whether requests without spans meet the fault, too. */
  get #breaksAll(): boolean {
    return !this.#isWell && ["reset", "hang", "trickle"].includes(this.#behaviour.kind);
  }

  #countFault(): void {
    this.faults++;
    this.#faultAt = performance.now();
  }

  #answer(response: ServerResponse, { status, headers = {}, body = "", taken }: Answer): void {
    response.on("finish", () => this.spans.push(...taken));
    response.writeHead(status, headers).end(body);
  }

  #trickle(response: ServerResponse): void {
    response.writeHead(200).write("{");
    const timer = setInterval(() => response.write(" "), 1_000);
    response.on("close", () => clearInterval(timer));
  }
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function decompress({ headers }: IncomingMessage, body: Buffer): Buffer {
  return headers["content-encoding"] === "gzip" ? gunzipSync(body) : body;
}
