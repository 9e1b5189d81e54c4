import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { answerParent, tellParent } from "./conversation.ts";

/** Told when it listens: `dsn` leads here. */
export interface SinkReady {
  readonly dsn: string;
}

/** What came since the last question. */
export interface SinkReply {
  readonly bytes: number;
}

// Stands for Sentry: accepts all that comes and counts the bytes of the bodies.
let bytes = 0;
const server = createServer((request, response) => {
  request.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
  });
  request.on("end", () => response.end());
});
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  tellParent({ dsn: `http://bench@127.0.0.1:${port}/1` } satisfies SinkReady);
});
answerParent<"take">(async () => {
  const taken: SinkReply = { bytes };
  bytes = 0;
  return taken;
});
