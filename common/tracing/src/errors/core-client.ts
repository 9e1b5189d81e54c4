import type { Client, Scope } from "@sentry/core";
import type { Dsn } from "../config/dsn.ts";
import { createHttpSender } from "../transport/http-sender.ts";
import type { EventIdentity } from "./sentry-event.ts";

export interface SentryClient {
  readonly client: Client;
  makeScope(): Scope;
  close(): void;
}

export interface CoreClientOptions {
  readonly dsn: Dsn;
  readonly identity: EventIdentity;
  readonly timeoutMs: number;
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
  untraced,
}: CoreClientOptions): Promise<SentryClient> {
  const { createStackParser, createTransport, Scope } = await import("@sentry/core");
  const { nodeStackLineParser, ServerRuntimeClient } = await import("@sentry/core/server");
  let close = (): void => {};
  const client = new ServerRuntimeClient({
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
      });
      close = sender.close;
      return createTransport(options, async ({ body }) => {
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
    close() {
      client.dispose();
      close();
    },
  };
}
