interface ItemHeader {
  readonly type: string;
  /** In bytes; without it the payload ends with its line. */
  readonly length?: number;
  readonly item_count?: number;
}

const LINE_END = 10;

/** Counts the spans of a Sentry envelope: in items of spans, and in transactions, which are spans themselves. */
export function countEnvelopeSpans(body: Buffer): number {
  let spans = 0;
  let at = lineEnd(body, 0) + 1;
  while (at < body.length) {
    const headerEnd = lineEnd(body, at);
    const header: ItemHeader = JSON.parse(body.toString("utf8", at, headerEnd) || '{"type":""}');
    const start = headerEnd + 1;
    const end = header.length === undefined ? lineEnd(body, start) : start + header.length;
    if (header.type === "span") spans += header.item_count ?? 1;
    if (header.type === "transaction") {
      const transaction: { spans?: readonly unknown[] } = JSON.parse(body.toString("utf8", start, end));
      spans += 1 + (transaction.spans?.length ?? 0);
    }
    at = end + 1;
  }
  return spans;
}

function lineEnd(body: Buffer, from: number): number {
  const end = body.indexOf(LINE_END, from);
  return end < 0 ? body.length : end;
}
