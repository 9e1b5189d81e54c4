import { createServer, type IncomingHttpHeaders } from "node:http2";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** A gRPC server that knows nothing of Tracekeep and answers everything with an empty message. */
export interface PlainPeer {
  readonly address: string;
  /** What it was asked for. */
  readonly requests: readonly IncomingHttpHeaders[];
}

const EMPTY_MESSAGE = Buffer.alloc(5);

export async function startPlainPeer(): Promise<PlainPeer> {
  const requests: IncomingHttpHeaders[] = [];
  const server = createServer();
  server.on("stream", (stream, headers) => {
    requests.push(headers);
    stream.on("error", () => {}).resume();
    stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.end(EMPTY_MESSAGE);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}
