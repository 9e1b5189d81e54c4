import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { StoreLimits } from "../trace/store.ts";
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
  const state = new IntakeState(options.store ?? DEFAULT_STORE);
  const receiver = new Receiver({
    bodyLimits: options.body ?? DEFAULT_BODY_LIMITS,
    keys: options.keys,
    received: (request) => options.keepRequests && state.requests.push(request),
    scriptedAnswer: (request, takes) => state.script.answerTo(request, takes),
    storeExport: (request) => state.storeExport(request),
    storeEnvelope: (envelope) => state.storeEnvelope(envelope),
  });
  const server = createServer((request, response) => void receiver.handle(request, response));
  server.requestTimeout = 60_000;
  server.listen(options.port ?? 0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return new Intake(state, port, options.keys?.[0] ?? "local", async () => {
    state.waiters.failAll(new Error("the intake was closed"));
    const closed = server.listening ? once(server, "close") : undefined;
    server.close();
    server.closeAllConnections();
    await closed;
  });
}
