import type { EncodedSpan } from "../../../src/otlp/index.ts";
import { ProtobufWriter } from "../../../src/otlp/protobuf-writer.ts";

export interface SpanSketch {
  readonly id: number;
  /** 0 for none. */
  readonly parent?: number;
  /** The parent is in another process. */
  readonly remote?: boolean;
  readonly trace?: number;
  readonly kept?: boolean;
  readonly start?: number;
  /** A text attribute of so many characters. */
  readonly noteLength?: number;
}

export const spanId = (id: number): string => id.toString(16).padStart(16, "0");
export const traceId = (id: number): string => id.toString(16).padStart(32, "0");

/** A span as the recorder hands it over. */
export function sketch({
  id,
  parent = 0,
  remote = false,
  trace = 1,
  kept = false,
  start = id,
  noteLength = 0,
}: SpanSketch): EncodedSpan {
  const writer = new ProtobufWriter();
  writer.hex(1, traceId(trace));
  writer.hex(2, spanId(id));
  if (parent > 0) writer.hex(4, spanId(parent));
  writer.string(5, `span ${id}`);
  writer.time(7, 1_760_000_000_000_000 + start * 1_000);
  writer.time(8, 1_760_000_000_000_000 + start * 1_000 + 500);
  if (noteLength > 0) {
    const pair = writer.begin(9);
    writer.string(1, "note");
    const any = writer.begin(2);
    writer.string(1, "x".repeat(noteLength));
    writer.end(any);
    writer.end(pair);
  }
  writer.fixed32(16, remote ? 0x301 : 0x101);
  return { scope: { name: "tests", version: "1" }, bytes: writer.take(), kept, spans: 1 };
}
