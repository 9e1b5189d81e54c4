import { toThreshold } from "../sampling/index.ts";
import { writeAttributes, writeDoubleAttribute } from "./attributes.ts";
import { SpanBit } from "./encode-span.ts";
import { ProtobufWriter } from "./protobuf-writer.ts";
import { SPAN } from "./span-fields.ts";
import { spanFlags } from "./span-flags.ts";

/** The ids, with their tags and lengths, stand before a `trace_state`. */
const IDS_BYTES = 2 + 16 + 2 + 8;
const THRESHOLD_DIGITS = 14;
const MOST_ENDINGS = 256;

/** What is decided of a span only when it leaves. */
export interface SpanCompletion {
  /** Of SpanBit, as the encoder gave them. */
  readonly bits: number;
  /** The probability with which the span arrives; NaN if it is not known. */
  readonly probability: number;
  /** Why its trace was kept; empty if it was just sampled. */
  readonly reason: string;
}

/**
 * Makes an OTLP `Span` message of recorded bytes: nothing is encoded again, what is decided late is
 * put behind them, and the probability's digits in a foreign `trace_state` are replaced.
 */
export function createSpanCompleter(): (recorded: Uint8Array, completion: SpanCompletion) => Buffer {
  const endings = new Map<string, Buffer>();
  return (recorded, completion) => {
    const { bits, probability, reason } = completion;
    const key = `${bits}:${probability}:${reason}`;
    let ending = endings.get(key);
    if (ending === undefined) {
      ending = writeEnding(completion);
      if (endings.size >= MOST_ENDINGS) endings.clear();
      endings.set(key, ending);
    }
    const message = Buffer.allocUnsafeSlow(recorded.length + ending.length);
    message.set(recorded);
    message.set(ending, recorded.length);
    if ((bits & SpanBit.threshold) !== 0 && !Number.isNaN(probability))
      replaceThreshold(message, probability);
    return message;
  };
}

function writeEnding({ bits, probability, reason }: SpanCompletion): Buffer {
  const writer = new ProtobufWriter(256);
  const isKnown = !Number.isNaN(probability);
  writer.fixed32(SPAN.flags, spanFlags(true, (bits & SpanBit.remoteParent) !== 0));
  if (isKnown && (bits & SpanBit.traceState) === 0)
    writer.string(SPAN.traceState, `ot=th:${toThreshold(probability)}`);
  // Sentry's Relay reads it as a double, and older ones read nothing else.
  if (isKnown) writeDoubleAttribute(writer, SPAN.attributes, "sentry.client_sample_rate", probability);
  if (reason !== "") writeAttributes(writer, SPAN.attributes, [["tracekeep.keep.reason", reason]]);
  return writer.take();
}

function replaceThreshold(message: Buffer, probability: number): void {
  const lengthBytes = (message[IDS_BYTES + 1] as number) < 128 ? 1 : 2;
  const digits = IDS_BYTES + 1 + lengthBytes + "ot=th:".length;
  message.write(toThreshold(probability), digits, THRESHOLD_DIGITS, "latin1");
}
