import type { AttributeValue } from "@opentelemetry/api";
import type { ProtobufWriter } from "./protobuf-writer.ts";

/** Field numbers of `opentelemetry.proto.common.v1.AnyValue`. */
const ANY_VALUE = { string: 1, bool: 2, int: 3, double: 4, array: 5 } as const;

type Attributes = Iterable<readonly [string, AttributeValue]>;

/** Writes `KeyValue` messages under one field number. */
export function writeAttributes(writer: ProtobufWriter, field: number, attributes: Attributes): void {
  for (const [key, value] of attributes) writeAttribute(writer, field, key, value);
}

/** Writes one `KeyValue` message. */
export function writeAttribute(
  writer: ProtobufWriter,
  field: number,
  key: string,
  value: AttributeValue,
): void {
  const pair = writer.begin(field);
  writer.string(1, key);
  const any = writer.begin(2);
  writeAnyValue(writer, value);
  writer.end(any);
  writer.end(pair);
}

/** A number that stays a double even if it is whole. */
export function writeDoubleAttribute(
  writer: ProtobufWriter,
  field: number,
  key: string,
  value: number,
): void {
  const pair = writer.begin(field);
  writer.string(1, key);
  const any = writer.begin(2);
  writer.double(ANY_VALUE.double, value);
  writer.end(any);
  writer.end(pair);
}

function writeAnyValue(writer: ProtobufWriter, value: AttributeValue): void {
  if (typeof value === "string") writer.string(ANY_VALUE.string, value);
  else if (typeof value === "boolean") writer.varint(ANY_VALUE.bool, value ? 1 : 0);
  else if (typeof value === "number") {
    if (Number.isSafeInteger(value) && !Object.is(value, -0)) writer.int64(ANY_VALUE.int, value);
    else writer.double(ANY_VALUE.double, value);
  } else if (Array.isArray(value)) writeArray(writer, value);
}

function writeArray(writer: ProtobufWriter, values: readonly AttributeValue[]): void {
  const array = writer.begin(ANY_VALUE.array);
  for (const value of values) {
    const any = writer.begin(1);
    writeAnyValue(writer, value);
    writer.end(any);
  }
  writer.end(array);
}
