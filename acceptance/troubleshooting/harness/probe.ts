import { credentials } from "@grpc/grpc-js";
import { ProbeServiceClient } from "@tracekeep/proto/probe/v1";
import { startService } from "@tracekeep/service/testing";
import { vi } from "vitest";
import { PROBE_MAIN } from "../../harness/stack.ts";

const LIMIT = { timeout: 10_000 };

/**
 * Runs a service for one call, which must succeed, until it has logged a message that begins so, or else until all its
 * spans are sent; the messages that it logged.
 */
export async function logOfOneCall(env: Record<string, string>, until?: string): Promise<string> {
  await using service = await startService(PROBE_MAIN, { ...env, TRACE_EXPORT_INTERVAL_MS: "10" });
  const client = new ProbeServiceClient(service.address, credentials.createInsecure());
  await new Promise<void>((resolve, reject) => {
    client.unary({ text: "hello", count: 0 }, (error) => (error ? reject(error) : resolve()));
  });
  client.close();
  const messages = (): string[] => service.lines.map(({ msg }) => String(msg));
  if (until === undefined) await service.stop();
  else
    await vi.waitFor(() => messages().some((text) => text.startsWith(until)) || Promise.reject(until), LIMIT);
  return messages().join("\n");
}
