import type { Span } from "@opentelemetry/api";
import { createSpanEncoder } from "../../common/tracing/src/otlp/index.ts";
import { ByteRing, emptyHeader } from "../../common/tracing/src/recorder/byte-ring.ts";
import { RecordedSpan } from "../../common/tracing/src/spans/index.ts";
import type { MicroCase } from "./micro-case.ts";

const PAYLOAD = new Uint8Array(300);
const MIB = 1_024 * 1_024;

/** Room for so many appends that none has to make room, before it begins anew. */
const APPENDS = 10_000;

export function recordCases(span: Span | undefined): readonly MicroCase[] {
  if (!(span instanceof RecordedSpan)) throw new Error("The span to encode is not one of Tracekeep.");
  const encoder = createSpanEncoder({ "sentry.release": "1.0.0" });
  const header = emptyHeader();
  const evict = (): void => {};
  const full = new ByteRing(MIB);
  while (full.used + 2 * ByteRing.sizeOf(PAYLOAD.length) < full.capacity) full.append(PAYLOAD, header, evict);
  const roomy = ByteRing.sizeOf(PAYLOAD.length) * APPENDS;
  let empty = new ByteRing(roomy);
  const append = (): number => {
    if (empty.count === APPENDS) empty = new ByteRing(roomy);
    return empty.append(PAYLOAD, header, evict);
  };
  return [
    { name: "encode a span", run: () => encoder.encode(span, 0) },
    { name: "append a span to the record, with room", run: append },
    {
      name: "append a span to the record, and evict the oldest",
      run: () => full.append(PAYLOAD, header, evict),
    },
  ];
}
