import { SDK, type TransactionEvent } from "./transaction.ts";

/** A transaction with its spans, as it waits to be sent. */
export interface EncodedTransaction {
  /** The envelope but for its beginning, which `createEnvelopeEncoder` knows: when it is sent, and the key. */
  readonly bytes: Uint8Array;
  /** Of a trace that is kept, and not just sampled. */
  readonly kept: boolean;
  readonly spans: number;
}

/** What an envelope's header says of the trace (Sentry's dynamic sampling context), without the key. */
export interface SamplingHeader {
  readonly trace_id: string;
  readonly sample_rate?: string;
  readonly sampled: "true";
  readonly release: string;
  readonly environment: string;
  readonly transaction?: string;
  readonly org_id?: string;
}

/**
 * The sampling context of a transaction. A weight that is not known is left out, and so is the name, where the trace
 * began elsewhere: it would have to be that of the trace's first transaction.
 */
export function samplingHeader(event: TransactionEvent, organizationId: string | undefined): SamplingHeader {
  const { trace } = event.contexts;
  const rate = trace.data["sentry.client_sample_rate"];
  return {
    trace_id: trace.trace_id,
    ...(typeof rate === "number" ? { sample_rate: decimal(rate) } : {}),
    sampled: "true",
    release: event.release,
    environment: event.environment,
    ...(trace.parent_span_id === undefined ? { transaction: event.transaction } : {}),
    ...(organizationId === undefined ? {} : { org_id: organizationId }),
  };
}

/** Everything of an envelope that is known before it is sent; the JSON of its spans is put in as it is. */
export function encodeTransaction(
  event: TransactionEvent,
  spans: readonly string[],
  sampling: SamplingHeader,
): Buffer {
  const header = JSON.stringify({ trace: sampling, event_id: event.event_id, sdk: SDK });
  const empty = JSON.stringify({ ...event, spans: [] });
  const payload = Buffer.from(`${empty.slice(0, -2)}${spans.join(",")}]}`);
  const item = JSON.stringify({ type: "transaction", length: payload.length });
  return Buffer.concat([
    Buffer.from(`${header.slice(HEADER_START.length)}\n${item}\n`),
    payload,
    Buffer.from("\n"),
  ]);
}

const HEADER_START = '{"trace":{';

/** Puts the beginning before a transaction; there is one in each envelope. */
export function createEnvelopeEncoder(
  publicKey: string,
): (transactions: readonly EncodedTransaction[]) => Uint8Array {
  const key = JSON.stringify(publicKey);
  return ([transaction]) => {
    const start = `{"sent_at":"${new Date().toISOString()}","trace":{"public_key":${key},`;
    return Buffer.concat([Buffer.from(start), transaction?.bytes ?? new Uint8Array()]);
  };
}

/** A number without an exponent: some servers read no other. */
function decimal(value: number): string {
  const text = String(value);
  return text.includes("e") ? value.toFixed(20).replace(/0+$/, "") : text;
}
