import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { publishArrival } from "../../../common/tracing/test/harness/intake-channel.ts";
import { SETTINGS } from "./planted.ts";

/** Path of the project, and of the second destination. */
const PROJECT = "4711";
const COLLECTOR = "/collector";

/** How it answers; each answer quotes the request's own secrets. */
export interface EchoingAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sentry and a Collector in one, which repeat in their answers what they were told in confidence. */
export interface EchoingEndpoint extends AsyncDisposable {
  /** The settings that send to it, with secrets wherever there can be some. */
  readonly settings: Readonly<Record<string, string>>;
  answer: EchoingAnswer;
}

/** @param onRequest called before each answer */
export async function startEchoingEndpoint(onRequest: () => void = () => {}): Promise<EchoingEndpoint> {
  const { dsnKey, dsnPassword, collectorKey, collectorToken } = SETTINGS;
  const state = { answer: { status: 200 } as EchoingAnswer };
  const server = createServer(async (request, response) => {
    const { url: path = "", headers } = request;
    publishArrival({ port: portOf(server), path, body: await readBody(request) });
    onRequest();
    const echo = `${dsn} ${headers["x-sentry-auth"]} ${headers.authorization} ${headers["x-collector-key"]}`;
    const body = path.includes("/envelope/")
      ? { detail: echo }
      : { message: echo, partialSuccess: { rejectedSpans: 0, errorMessage: echo } };
    const { status, headers: more = {} } = state.answer;
    response.writeHead(status, { "content-type": "application/json", "x-echo": echo, ...more });
    response.end(JSON.stringify(body));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const dsn = `http://${dsnKey}:${dsnPassword}@127.0.0.1:${portOf(server)}/${PROJECT}`;

  return Object.assign(state, {
    settings: {
      SENTRY_DSN: dsn,
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `http://127.0.0.1:${portOf(server)}${COLLECTOR}`,
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: `x-collector-key=${collectorKey},authorization=Bearer%20${collectorToken}`,
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  });
}

const portOf = (server: { address(): unknown }): number => (server.address() as AddressInfo).port;

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const raw = Buffer.concat(chunks);
  return request.headers["content-encoding"] === "gzip" ? gunzipSync(raw) : raw;
}
