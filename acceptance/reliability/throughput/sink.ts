import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { answerParent, tellParent } from "../../../bench/processes/conversation.ts";

/** Told when it listens. */
export interface SinkReady {
  readonly dsn: string;
}

/** What came since the start. */
export interface SinkReply {
  readonly spans: number;
  readonly requests: number;
  /** As they came, compressed. */
  readonly bytes: number;
}

/** The official OTLP definitions. */
const official = createRequire(import.meta.url)("otlp-official/build/src/generated/root.js");
const ExportTraceServiceRequest = official.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;

interface DecodedRequest {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly { readonly spans: readonly unknown[] }[];
  }[];
}

// Stands for a healthy Sentry in a process of its own, and counts spans.
const taken = { spans: 0, requests: 0, bytes: 0 };
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const decoded: DecodedRequest = ExportTraceServiceRequest.decode(gunzipSync(body));
  const scopes = decoded.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans);
  taken.spans += scopes.reduce((sum, { spans }) => sum + spans.length, 0);
  taken.requests++;
  taken.bytes += body.length;
  response.end();
});
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  tellParent({ dsn: `http://key@127.0.0.1:${port}/1` } satisfies SinkReady);
});
answerParent<"count">(async () => ({ ...taken }) satisfies SinkReply);
