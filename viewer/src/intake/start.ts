import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { StoreLimits } from "../trace/store-limits.ts";
import { type BodyLimits, DEFAULT_BODY_LIMITS } from "./body.ts";
import { Intake } from "./intake.ts";
import { Receiver } from "./receiver.ts";
import { IntakeState } from "./state.ts";

/** What can be set; everything has a default. */
export interface IntakeOptions {
  /** Port on 127.0.0.1; 0, the default, takes a free one. */
  readonly port?: number;
  /** Public keys that are taken, others get 403. Default: any key. */
  readonly keys?: readonly string[];
  /** Keeps every request in `requests`, without bound: for tests. Default false. */
  readonly keepRequests?: boolean;
  /** Bounds of the spans kept. Default 200,000 spans and 256 MiB. */
  readonly store?: StoreLimits;
  /** Bounds of one request's body. Default 20 MiB compressed, 100 MiB decompressed. */
  readonly body?: BodyLimits;
}

const DEFAULT_STORE: StoreLimits = { maxSpans: 200_000, maxBytes: 256 * 2 ** 20 };

/** Starts an intake on 127.0.0.1. Rejects if the port is taken. */
export async function startIntake(options: IntakeOptions = {}): Promise<Intake> {
  return listen(options, ({ receive }) => receive);
}

/** What an intake is made of, for those who build more upon it. */
export interface IntakeParts {
  readonly state: IntakeState;
  /** Handles a request as Sentry does; never rejects. */
  readonly receive: RequestHandler;
}

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Starts an intake whose requests are first seen by the handler that `build` makes of its parts. */
export async function listen(
  options: IntakeOptions,
  build: (parts: IntakeParts) => RequestHandler,
): Promise<Intake> {
  const state = new IntakeState(options.store ?? DEFAULT_STORE);
  const receiver = new Receiver({
    bodyLimits: options.body ?? DEFAULT_BODY_LIMITS,
    keys: options.keys,
    received: (request) => options.keepRequests && state.requests.push(request),
    scriptedAnswer: (request, takes) => state.script.answerTo(request, takes),
    storeExport: (request) => state.storeExport(request),
    storeEnvelope: (envelope) => state.storeEnvelope(envelope),
  });
  const handle = build({ state, receive: (request, response) => receiver.handle(request, response) });
  const server = createServer((request, response) => void handle(request, response));
  server.requestTimeout = 60_000;
  server.listen(options.port ?? 0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return new Intake(state, port, options.keys?.[0] ?? "dev", async () => {
    state.waiters.failAll(new Error("the intake was closed"));
    const closed = server.listening ? once(server, "close") : undefined;
    server.close();
    server.closeAllConnections();
    await closed;
  });
}
