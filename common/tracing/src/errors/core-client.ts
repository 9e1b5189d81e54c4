import type { Client, Scope } from "@sentry/core";
import type { Dsn } from "../config/dsn.ts";
import { createHttpSender } from "../transport/http-sender.ts";
import type { EventIdentity } from "./sentry-event.ts";

/** Events that may be on their way: Sentry's own bound of 64 loses a part of each burst that the limit allows. */
const MOST_IN_FLIGHT = 1_000;

export interface SentryClient {
  readonly client: Client;
  makeScope(): Scope;
  /** Gives up what has not been sent; resolves when no connection is left. */
  close(): Promise<void>;
}

export interface CoreClientOptions {
  readonly dsn: Dsn;
  readonly identity: EventIdentity;
  readonly timeoutMs: number;
  /** Certificates (PEM) that are trusted beside Node's. */
  readonly ca?: string | undefined;
  readonly untraced: <T>(fn: () => T) => T;
}

/**
 * Loads Sentry's core client: 27 MB and 50 ms, so only when there is something to report. It sends
 * error events and nothing else; its tracing stays off whatever the environment says.
 */
export async function loadCoreClient({
  dsn,
  identity,
  timeoutMs,
  ca,
  untraced,
}: CoreClientOptions): Promise<SentryClient> {
  const { createStackParser, createTransport, Scope } = await import("@sentry/core");
  const { nodeStackLineParser, ServerRuntimeClient } = await import("@sentry/core/server");
  let close = async (): Promise<void> => {};

  /** Sentry's own `flush` takes 0 for "no limit", and its limit counts twice. */
  class PunctualClient extends ServerRuntimeClient {
    override async flush(limitMs = timeoutMs): Promise<boolean> {
      if (limitMs <= 0) return false;
      const { promise: limit, resolve } = Promise.withResolvers<boolean>();
      const timer = setTimeout(resolve, limitMs, false);
      const inTime = await Promise.race([super.flush(limitMs), limit]);
      clearTimeout(timer);
      return inTime;
    }
  }

  const client = new PunctualClient({
    dsn: dsn.reveal(),
    release: identity.release,
    environment: identity.environment,
    integrations: [],
    stackParser: createStackParser(nodeStackLineParser()),
    sendClientReports: false,
    platform: "node",
    runtime: { name: "node", version: process.version },
    transport: (options) => {
      const sender = createHttpSender({
        url: options.url,
        headers: { ...options.headers, "content-type": "application/x-sentry-envelope" },
        timeoutMs,
        ca: [ca],
      });
      close = sender.close;
      return createTransport({ ...options, bufferSize: MOST_IN_FLIGHT }, async ({ body }) => {
        const bytes = typeof body === "string" ? Buffer.from(body) : body;
        const { status, headers } = await untraced(() => sender.post(bytes));
        return {
          statusCode: status,
          headers: {
            "retry-after": headers["retry-after"] ?? null,
            "x-sentry-rate-limits": headers["x-sentry-rate-limits"]?.toString() ?? null,
          },
        };
      });
    },
  });
  client.init();
  return {
    client,
    makeScope: () => new Scope(),
    async close() {
      client.dispose();
      await close();
    },
  };
}
