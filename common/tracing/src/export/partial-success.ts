import { ProtobufReader, WireType } from "../otlp/index.ts";
import { MASK } from "../sanitize/mask.ts";
import type { HttpResponse } from "../transport/http/response-reader.ts";

/** What an OTLP backend says of spans that it did not take although it answered 200. */
export interface PartialSuccess {
  readonly rejectedSpans: number;
  readonly message: string;
}

const LONGEST_MESSAGE = 512;
/** A destination that quotes what it was sent may quote its key; the words around it say what is wrong. */
const LONG_WORD = /[\w.~+/=@:-]{20,}/g;

const NONE: PartialSuccess = { rejectedSpans: 0, message: "" };

/** Reads an `ExportTraceServiceResponse`, as protobuf or JSON; anything else says nothing. */
export function readPartialSuccess({
  headers,
  body,
}: Pick<HttpResponse, "headers" | "body">): PartialSuccess {
  if (body.length === 0) return NONE;
  try {
    const isJson = headers["content-type"]?.includes("json") === true;
    const { rejectedSpans, message } = isJson ? fromJson(JSON.parse(body.toString())) : fromProtobuf(body);
    return { rejectedSpans, message: message.slice(0, LONGEST_MESSAGE).replace(LONG_WORD, MASK) };
  } catch {
    return NONE;
  }
}

function fromJson(content: unknown): PartialSuccess {
  const { partialSuccess = {} } = content as { partialSuccess?: Record<string, unknown> };
  const rejected = Number(partialSuccess.rejectedSpans ?? 0);
  return {
    rejectedSpans: Number.isSafeInteger(rejected) && rejected > 0 ? rejected : 0,
    message: String(partialSuccess.errorMessage ?? ""),
  };
}

/** Field 1 of the response is the partial success; its field 1 is the count, field 2 the message. */
function fromProtobuf(body: Buffer): PartialSuccess {
  const response = new ProtobufReader(body);
  let rejectedSpans = 0;
  let message = "";
  while (response.next()) {
    if (response.field !== 1 || response.type !== WireType.lengthDelimited) continue;
    const partial = response.message();
    while (partial.next()) {
      if (partial.field === 1 && partial.type === WireType.varint) rejectedSpans = partial.number();
      if (partial.field === 2 && partial.type === WireType.lengthDelimited) message = partial.text();
    }
  }
  return { rejectedSpans, message };
}
