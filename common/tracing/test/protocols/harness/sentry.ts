import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { onTestFinished } from "vitest";
import { type Envelope, parseEnvelope } from "../../../../../viewer/src/sentry/envelope.ts";
import {
  type Answer,
  type ArrivedError,
  type ArrivedRequest,
  type ArrivedSpan,
  readSpans,
  type TestIntake,
} from "../../harness/intake.ts";
import { type ArrivedTransaction, faultOf, spansOf } from "./read-transaction.ts";

/** A transaction with what its envelope's header says. */
export interface ArrivedEnvelope {
  readonly header: {
    readonly event_id: string;
    readonly sent_at: string;
    readonly sdk: { readonly name: string; readonly version: string };
    readonly trace: Readonly<Record<string, string>>;
  };
  readonly event: ArrivedTransaction;
  readonly bytes: number;
}

/** An intake that is as strict as Sentry's, for both protocols. */
export interface StrictSentry extends TestIntake {
  readonly transactions: readonly ArrivedEnvelope[];
  /** Spans that came by the second destination, `otlpEndpoint`. */
  readonly beside: readonly ArrivedSpan[];
  readonly otlpEndpoint: string;
  /** Answers by request, before `answer` does; undefined leaves it to that. */
  judge: ((request: ArrivedRequest) => Answer | undefined) | undefined;
}

const LARGEST_EVENT = 1_048_576;
const ENVELOPE = /^\/api\/\d+\/envelope\/(\?|$)/;
const OTLP = /^\/api\/\d+\/integration\/otlp\/v1\/traces$/;
const PLAIN = "/v1/traces";

/** Starts it; it is gone when the test is finished. */
export async function startSentry(): Promise<StrictSentry> {
  const seen = {
    requests: [] as ArrivedRequest[],
    spans: [] as ArrivedSpan[],
    beside: [] as ArrivedSpan[],
    errors: [] as ArrivedError[],
    transactions: [] as ArrivedEnvelope[],
  };
  const waiting = new Set<() => void>();
  const settings = { answer: { status: 200 } as Answer, judge: undefined as StrictSentry["judge"] };

  const takeEnvelope = (body: Buffer): number => {
    const envelope: Envelope = parseEnvelope(body);
    for (const { type, payload } of envelope.items) {
      if (payload.length > LARGEST_EVENT) return 413;
      if (type === "event") seen.errors.push(JSON.parse(payload.toString()));
      if (type !== "transaction") continue;
      const event = JSON.parse(payload.toString()) as ArrivedTransaction;
      const header = JSON.parse(body.toString().split("\n", 1)[0] ?? "");
      if (faultOf(event) !== undefined || header.event_id !== event.event_id) return 400;
      seen.transactions.push({ header, event, bytes: body.length });
      seen.spans.push(...spansOf(event));
    }
    return 200;
  };

  const take = ({ path, headers, body }: ArrivedRequest): number => {
    const isEnvelope = ENVELOPE.test(path);
    const type = String(headers["content-type"]);
    if (path === PLAIN) seen.beside.push(...readSpans(body));
    else if (!/^sentry .*sentry_key=publickey/i.test(keyOf(path, headers))) return 401;
    else if (OTLP.test(path) && type === "application/x-protobuf") seen.spans.push(...readSpans(body));
    else if (isEnvelope && type === "application/x-sentry-envelope") return takeEnvelope(body);
    else return isEnvelope ? 415 : 404;
    return 200;
  };

  const server = createServer(async (message, response) => {
    const request = await receive(message);
    seen.requests.push(request);
    const told = settings.judge?.(request) ?? (request.path === PLAIN ? { status: 200 } : settings.answer);
    if (told === "hang") return;
    respond(response, told.status === 200 ? { ...told, status: take(request) } : told);
    for (const look of waiting) look();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    if (!server.listening) return;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  };
  onTestFinished(close);

  return Object.assign(settings, seen, {
    port,
    dsn: `http://publickey@127.0.0.1:${port}/42`,
    otlpEndpoint: `http://127.0.0.1:${port}${PLAIN}`,
    close,
    until: (condition: () => boolean, what: string, limitMs = 10_000) =>
      new Promise<void>((resolve, reject) => {
        const finish = (): void => {
          clearTimeout(timer);
          waiting.delete(look);
        };
        const timer = setTimeout(() => {
          finish();
          const names = seen.spans.map(({ name }) => name).join(", ");
          reject(new Error(`${what}: not within ${limitMs} ms; ${seen.requests.length} requests, ${names}`));
        }, limitMs);
        const look = (): void => {
          if (!condition()) return;
          finish();
          resolve();
        };
        waiting.add(look);
        look();
      }),
  });
}

/** Sentry's own client for error events sends its key in the query. */
function keyOf(path: string, headers: IncomingMessage["headers"]): string {
  const header = headers["x-sentry-auth"];
  return header === undefined ? `sentry ${path.slice(path.indexOf("?") + 1)}` : String(header);
}

async function receive(message: IncomingMessage): Promise<ArrivedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  const raw = Buffer.concat(chunks);
  const body = message.headers["content-encoding"] === "gzip" ? gunzipSync(raw) : raw;
  return { path: message.url ?? "", headers: message.headers, body };
}

function respond(response: ServerResponse, { status, headers }: Exclude<Answer, "hang">): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(status === 200 ? JSON.stringify({ id: "0".repeat(32) }) : JSON.stringify({ detail: "no" }));
}
