/** Where spans lie in an OTLP export request: resource_spans, scope_spans, spans. */
const PATH = [1, 2, 2] as const;
const VARINT = 0;
const FIXED64 = 1;
const DELIMITED = 2;
const FIXED32 = 5;

/** Counts the spans of an OTLP export request in protobuf without reading them. Throws RangeError if it is none. */
export function countOtlpSpans(body: Uint8Array): number {
  return countFields(body, 0, body.length, 0);
}

function countFields(bytes: Uint8Array, start: number, end: number, depth: number): number {
  let count = 0;
  let at = start;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++];
      if (byte === undefined || at > end)
        throw new RangeError("The OTLP request ends in the middle of a number.");
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < end) {
    const tag = varint();
    const wireType = tag % 8;
    if (wireType === VARINT) varint();
    else if (wireType === FIXED64) at += 8;
    else if (wireType === FIXED32) at += 4;
    else if (wireType === DELIMITED) {
      const length = varint();
      if (at + length > end) throw new RangeError("The OTLP request ends in the middle of a field.");
      if (Math.floor(tag / 8) === PATH[depth])
        count += depth === PATH.length - 1 ? 1 : countFields(bytes, at, at + length, depth + 1);
      at += length;
    } else throw new RangeError(`The OTLP request has a field of wire type ${wireType}.`);
  }
  return count;
}
