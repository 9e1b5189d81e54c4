import type { HttpResponse } from "../transport/http-sender.ts";

/** What an OTLP backend says of spans that it did not take although it answered 200. */
export interface PartialSuccess {
  readonly rejectedSpans: number;
  readonly message: string;
}

const NONE: PartialSuccess = { rejectedSpans: 0, message: "" };

/** Reads an `ExportTraceServiceResponse`, as protobuf or JSON; anything else says nothing. */
export function readPartialSuccess({
  headers,
  body,
}: Pick<HttpResponse, "headers" | "body">): PartialSuccess {
  if (body.length === 0) return NONE;
  try {
    const isJson = headers["content-type"]?.includes("json") === true;
    return isJson ? fromJson(JSON.parse(body.toString())) : fromProtobuf(body);
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
  let rejectedSpans = 0;
  let message = "";
  for (const [field, value] of fieldsOf(body)) {
    if (field !== 1 || typeof value === "number") continue;
    for (const [inner, innerValue] of fieldsOf(value)) {
      if (inner === 1 && typeof innerValue === "number") rejectedSpans = innerValue;
      if (inner === 2 && typeof innerValue !== "number") message = innerValue.toString();
    }
  }
  return { rejectedSpans, message };
}

/** Fields of a protobuf message that are varints or have a length; throws where others come. */
function* fieldsOf(bytes: Buffer): Iterable<[field: number, value: number | Buffer]> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[at++];
      if (byte === undefined) throw new Error("The message ends too early.");
      value += (byte & 127) * shift;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const type = tag % 8;
    if (type === 0) yield [Math.floor(tag / 8), varint()];
    else if (type === 2) {
      const length = varint();
      if (at + length > bytes.length) throw new Error("The message ends too early.");
      yield [Math.floor(tag / 8), bytes.subarray(at, at + length)];
      at += length;
    } else throw new Error(`Wire type ${type} is not read.`);
  }
}
