import { randomUUID } from "node:crypto";
import type { EncodedSpan } from "../otlp/index.ts";
import { decodeSpan } from "./decode-span.ts";
import { type EncodedTransaction, encodeTransaction, samplingHeader } from "./envelope.ts";
import { type ChildSpan, toChildSpan } from "./span-json.ts";
import { headedBy, transactionBase } from "./transaction.ts";

/** Sentry takes no more spans in a transaction, and no larger event. */
export const MOST_SPANS = 1_000;
const MOST_BYTES = 1_048_576;
/** For the beginning of the envelope, which is written when it is sent. */
const RESERVED_BYTES = 1_024;

export interface TransactionWriterOptions {
  readonly resource: Readonly<Record<string, string>>;
  readonly organizationId: string | undefined;
  /** No transaction that could be made smaller is larger. */
  readonly mostBytes: number;
}

/** Makes transactions of spans of one trace. */
export type WriteTransactions = (spans: readonly EncodedSpan[]) => EncodedTransaction[];

interface Part {
  readonly span: ChildSpan;
  readonly kept: boolean;
  json: string | undefined;
}

/**
 * Compiles what is the same in every transaction. The result makes one transaction of a group of spans, or as many as
 * its size asks for. Each is headed by a span of the group whose parent is not in it, and all spans keep their ids and
 * parents: nothing is made up.
 */
export function createTransactionWriter({
  resource,
  organizationId,
  mostBytes,
}: TransactionWriterOptions): WriteTransactions {
  const base = transactionBase(resource);
  const limit = Math.min(mostBytes, MOST_BYTES - RESERVED_BYTES);

  /** Takes a head and what fits below it out of the parts. */
  const takeOne = (parts: Set<Part>): EncodedTransaction => {
    const head = headOf(parts);
    parts.delete(head);
    const event = headedBy(base, head.span, [], randomUUID().replaceAll("-", ""));
    const sampling = samplingHeader(event, organizationId);
    const children: string[] = [];
    let { kept } = head;
    let bytes = encodeTransaction(event, [], sampling).length + RESERVED_DIGITS;
    for (const part of parts) {
      part.json ??= JSON.stringify(part.span);
      const more = Buffer.byteLength(part.json) + 1;
      if (bytes + more > limit) continue;
      parts.delete(part);
      children.push(part.json);
      kept ||= part.kept;
      bytes += more;
      if (children.length + 1 === MOST_SPANS) break;
    }
    return { bytes: encodeTransaction(event, children, sampling), kept, spans: children.length + 1 };
  };

  return (spans) => {
    const parts = new Set(spans.map(toPart));
    const transactions: EncodedTransaction[] = [];
    while (parts.size > 0) transactions.push(takeOne(parts));
    return transactions;
  };
}

/** The payload's length in the item's header grows with it. */
const RESERVED_DIGITS = 8;

function toPart({ bytes, scope, kept }: EncodedSpan): Part {
  return { span: toChildSpan(decodeSpan(bytes), scope), kept, json: undefined };
}

/** The span that began first of those whose parent is not among them. */
function headOf(parts: ReadonlySet<Part>): Part {
  const all = [...parts];
  const ids = new Set(all.map(({ span }) => span.span_id));
  const tops = all.filter(({ span }) => !ids.has(span.parent_span_id ?? ""));
  return (tops.length > 0 ? tops : all).reduce((first, part) =>
    part.span.start_timestamp < first.span.start_timestamp ? part : first,
  );
}
