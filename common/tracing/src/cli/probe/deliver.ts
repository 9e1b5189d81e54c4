import type { TracingConfig } from "../../config/index.ts";
import type { EncodedTransaction } from "../../envelope/envelope.ts";
import { createEnvelopeEncoder, createTransactionStream } from "../../envelope/index.ts";
import type { Destination } from "../../export/destinations.ts";
import { guarded, stderrLogger } from "../../logger.ts";
import { createRequestEncoder } from "../../otlp/index.ts";
import { createResource } from "../../resource.ts";
import { gzipped } from "../../transport/gzip.ts";
import type { HttpResponse } from "../../transport/http/response-reader.ts";
import { createHttpSender, type HttpTarget } from "../../transport/http-sender.ts";
import type { TestTrace } from "./test-trace.ts";

/** What came of one request. */
export interface Delivery {
  /** Undefined if there was none. */
  readonly answer: HttpResponse | undefined;
  /** Why there was none. */
  readonly error: NodeJS.ErrnoException | undefined;
  /** Half-way between the request and its answer, in milliseconds since the Unix epoch. */
  readonly at: number;
}

const LONGEST_WAIT_MS = 10_000;

/** Sends a test trace as a service would. Never rejects. */
export async function deliver(
  { spans }: TestTrace,
  destination: Destination,
  config: TracingConfig,
): Promise<Delivery> {
  const { url, headers, ca, timeoutMs, envelope } = destination;
  const resource = createResource(config);
  if (envelope === undefined) {
    return post({ url, headers, ca }, createRequestEncoder(resource)(spans), timeoutMs);
  }
  const transactions: EncodedTransaction[] = [];
  const stream = createTransactionStream({
    resource,
    organizationId: envelope.organizationId,
    heldBytes: config.export.queueBytes,
    transactionBytes: config.export.batchBytes,
    send: (transaction) => transactions.push(transaction),
    logger: guarded(stderrLogger),
  });
  for (const span of spans) stream.add(span);
  stream.close();
  return post({ url, headers, ca }, createEnvelopeEncoder(envelope.publicKey)(transactions), timeoutMs);
}

/** Sends one request over a connection of its own. Never rejects. */
export async function post(target: HttpTarget, body: Uint8Array, timeoutMs: number): Promise<Delivery> {
  const headers = { ...target.headers, "content-encoding": "gzip" };
  const sender = createHttpSender({ ...target, headers, timeoutMs: Math.min(timeoutMs, LONGEST_WAIT_MS) });
  const from = Date.now();
  const half = (): number => (from + Date.now()) / 2;
  try {
    const answer = await sender.post(await gzipped(body));
    return { answer, error: undefined, at: half() };
  } catch (error) {
    return { answer: undefined, error: error as NodeJS.ErrnoException, at: half() };
  } finally {
    await sender.close();
  }
}
