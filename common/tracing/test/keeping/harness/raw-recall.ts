import { Client, credentials } from "@grpc/grpc-js";
import { onTestFinished } from "vitest";

/** How a server answered bytes of somebody's. */
export interface RawAnswer {
  readonly code: number;
  readonly body: string;
}

const asItIs = (bytes: Buffer): Buffer => bytes;

/** Sends whatever bytes to a server's recall service. */
export function rawRecalls(address: string): (bytes: Buffer) => Promise<RawAnswer> {
  const client = new Client(address, credentials.createInsecure(), { "grpc.max_send_message_length": -1 });
  onTestFinished(() => client.close());
  return (bytes) =>
    new Promise((resolve) =>
      client.makeUnaryRequest("/tracekeep.v1.Recall/Keep", asItIs, asItIs, bytes, (error, body) =>
        resolve({ code: error?.code ?? 0, body: body?.toString() ?? "" }),
      ),
    );
}

/** A well-formed recall of these traces. */
export function recallOf(traceIds: readonly string[], reason = "error", probability: unknown = 1): Buffer {
  return Buffer.from(JSON.stringify({ traces: traceIds.map((id) => [id, probability, reason]) }));
}
