import type { IncomingMessage, ServerResponse } from "node:http";
import type { ExportTraceServiceRequest } from "@tracekeep/proto/otlp/v1";
import { decodeExportRequest, type OtlpEncoding } from "../otlp/decode.ts";
import { MalformedRequestError, OversizedRequestError } from "../otlp/limits.ts";
import { type Envelope, MalformedEnvelopeError, parseEnvelope } from "../sentry/envelope.ts";
import { answerEnvelope, answerError, answerExport, answerScripted } from "./answers.ts";
import { type BodyLimits, decompress, readBody } from "./body.ts";
import { HttpError } from "./http-error.ts";
import { encodingOf, type Route, routeOf, sentryKeyOf } from "./route.ts";
import type { ReceivedRequest, ScriptedAnswer } from "./script.ts";

/** Where a receiver hands on what it received. */
export interface ReceiverTarget {
  readonly bodyLimits: BodyLimits;
  /** Public keys that are taken; undefined takes any. */
  readonly keys: readonly string[] | undefined;
  received(request: ReceivedRequest): void;
  scriptedAnswer(request: ReceivedRequest, takes: Route["takes"]): Promise<ScriptedAnswer | undefined>;
  /** Stores the spans and says how many were rejected. */
  storeExport(request: ExportTraceServiceRequest): number;
  /** Stores the items; throws if one is malformed. */
  storeEnvelope(envelope: Envelope): void;
}

/** Requests whose bodies may be in memory at once, as a multiple of the largest body. */
const BODIES_AT_ONCE = 16;

/** Takes HTTP requests as Sentry's intake does. */
export class Receiver {
  readonly #target: ReceiverTarget;
  #bodyBytes = 0;
  #lastInflate: Promise<unknown> = Promise.resolve();

  constructor(target: ReceiverTarget) {
    this.#target = target;
  }

  /** Handles one request; always answers, never rejects. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.#take(request, response);
    } catch (error) {
      answerError(response, httpErrorOf(error));
    } finally {
      // What is left of a refused body is read and forgotten, so that the sender gets to see the answer.
      request.resume();
    }
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(`http://intake${request.url?.startsWith("/") ? request.url : "/"}`);
    const route = routeOf(request.method, url);
    const key = sentryKeyOf(request, url);
    // An envelope may carry its key inside.
    if (route.takes === "traces") this.#checkKey(route, key);
    const encoding = route.takes === "traces" ? encodingOf(request) : "json";
    const received = await this.#receive(request);
    this.#target.received(received);
    const scripted = await this.#target.scriptedAnswer(received, route.takes);
    if (scripted) answerScripted(response, scripted);
    else if (route.takes === "traces") this.#takeTraces(received.body, encoding, response);
    else this.#takeEnvelope(received.body, route, key, response);
  }

  async #receive(request: IncomingMessage): Promise<ReceivedRequest> {
    const { compressed, decompressed } = this.#target.bodyLimits;
    const reserved = Math.min(Number(request.headers["content-length"] ?? compressed), compressed);
    if (this.#bodyBytes + reserved > compressed * BODIES_AT_ONCE) {
      throw new HttpError(503, "too many requests at once: try again", { "retry-after": "1" });
    }
    this.#bodyBytes += reserved;
    try {
      const rawBody = await readBody(request, compressed);
      // One after the other, so that only one inflated body at a time waits to be decoded.
      const inflate = this.#lastInflate.then(() =>
        decompress(rawBody, request.headers["content-encoding"], decompressed),
      );
      this.#lastInflate = inflate.catch(() => undefined);
      const body = await inflate;
      return { path: request.url ?? "", headers: request.headers, rawBody, body, receivedAt: Date.now() };
    } finally {
      this.#bodyBytes -= reserved;
    }
  }

  #takeTraces(body: Buffer, encoding: OtlpEncoding, response: ServerResponse): void {
    const rejected = this.#target.storeExport(decodeExportRequest(body, encoding));
    answerExport(response, encoding, rejected);
  }

  #takeEnvelope(body: Buffer, route: Route, key: string | undefined, response: ServerResponse): void {
    const envelope = parseEnvelope(body);
    this.#checkKey(route, key ?? (URL.parse(envelope.dsn ?? "")?.username || undefined));
    this.#target.storeEnvelope(envelope);
    answerEnvelope(response, envelope.eventId);
  }

  #checkKey({ project }: Route, key: string | undefined): void {
    if (project === undefined) return;
    if (key === undefined) {
      throw new HttpError(
        401,
        "missing authorization information: send `x-sentry-auth: sentry sentry_key=KEY`",
      );
    }
    if (this.#target.keys && !this.#target.keys.includes(key)) {
      throw new HttpError(403, `the key is not one of project ${project}: check the DSN`);
    }
  }
}

function httpErrorOf(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  if (error instanceof OversizedRequestError) return new HttpError(413, error.message);
  if (error instanceof MalformedRequestError || error instanceof MalformedEnvelopeError) {
    return new HttpError(400, error.message);
  }
  return new HttpError(500, `the intake failed: ${error instanceof Error ? error.message : String(error)}`);
}
