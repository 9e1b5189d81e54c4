import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { countSpans, type Received } from "../intake/count-spans.ts";
import { answerParent, tellParent } from "./conversation.ts";

/** Told when it listens: both lead here. */
export interface SinkReady {
  readonly dsn: string;
  readonly url: string;
}

/** What came since the last question. */
export interface SinkReply {
  /** Of the bodies, as they were sent. */
  readonly bytes: number;
  /** Of those bodies that had spans. */
  readonly spanBytes: number;
  readonly spans: number;
}

/** What a Datadog agent says it can do. */
const AGENT_INFO = { endpoints: ["/v0.4/traces", "/v0.5/traces", "/v0.6/stats"], client_drop_p0s: true };

/** Beyond so many bytes the requests are read although something may be measured. */
const MOST_HELD = 64 * 1_024 * 1_024;

// Stands for Sentry, an OTLP endpoint and a Datadog agent: accepts all that comes. It is read when somebody
// asks, and not while something is measured, since that would take its processor time.
let received: Received[] = [];
let held = 0;
let taken = { bytes: 0, spanBytes: 0, spans: 0 };

function read(): void {
  for (const request of received) {
    const spans = countSpans(request);
    taken.bytes += request.body.length;
    if (spans > 0) taken.spanBytes += request.body.length;
    taken.spans += spans;
  }
  received = [];
  held = 0;
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const [path = ""] = (request.url ?? "").split("?");
    const body = Buffer.concat(chunks);
    received.push({ path, gzip: request.headers["content-encoding"] === "gzip", body });
    held += body.length;
    if (held > MOST_HELD) read();
    response.setHeader("Content-Type", "application/json");
    response.end(path === "/info" ? JSON.stringify(AGENT_INFO) : "{}");
  });
});
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  const host = `127.0.0.1:${port}`;
  tellParent({ dsn: `http://bench@${host}/1`, url: `http://${host}` } satisfies SinkReady);
});
answerParent<"take">(async () => {
  read();
  const reply: SinkReply = taken;
  taken = { bytes: 0, spanBytes: 0, spans: 0 };
  return reply;
});
