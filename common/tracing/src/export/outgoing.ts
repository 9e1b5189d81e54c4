/** Something that waits to be sent: a span, or a transaction with its spans. */
export interface Outgoing {
  readonly bytes: Uint8Array;
  /** Of a trace that is kept, and not just sampled: it goes first, and is dropped last. */
  readonly kept: boolean;
  /** How many spans it is. */
  readonly spans: number;
}

export function countBytes(items: readonly Outgoing[]): number {
  return items.reduce((sum, { bytes }) => sum + bytes.length, 0);
}

export function countSpans(items: readonly Outgoing[]): number {
  return items.reduce((sum, { spans }) => sum + spans, 0);
}

export function isKept({ kept }: Outgoing): boolean {
  return kept;
}

/** In their order, as many together as a request may hold. */
export function chunk<T extends Outgoing>(items: readonly T[], most: number, mostItems: number): T[][] {
  const chunks: T[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const item of items) {
    const last = chunks.at(-1);
    if (last === undefined || bytes + item.bytes.length > most || last.length >= mostItems) {
      chunks.push([item]);
      bytes = item.bytes.length;
    } else {
      last.push(item);
      bytes += item.bytes.length;
    }
  }
  return chunks;
}
