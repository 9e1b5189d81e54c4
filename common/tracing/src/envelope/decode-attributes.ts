import { type ProtobufReader, WireType } from "../otlp/index.ts";

/** What an attribute is in JSON. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[];

/** Field numbers of `opentelemetry.proto.common.v1`. */
const KEY_VALUE = { key: 1, value: 2 } as const;
const ANY_VALUE = { string: 1, bool: 2, int: 3, double: 4, array: 5 } as const;
const ARRAY_VALUE = { values: 1 } as const;

/** Reads one `KeyValue` message; a key that comes again has its last value. */
export function readAttribute(pair: ProtobufReader, attributes: Map<string, JsonValue>): void {
  let key = "";
  let value: JsonValue = null;
  while (pair.next()) {
    if (pair.field === KEY_VALUE.key) key = pair.text();
    else if (pair.field === KEY_VALUE.value) value = readAnyValue(pair.message());
  }
  attributes.set(key, value);
}

function readAnyValue(any: ProtobufReader): JsonValue {
  let value: JsonValue = null;
  while (any.next()) {
    if (any.field === ANY_VALUE.string) value = any.text();
    else if (any.field === ANY_VALUE.bool) value = any.number() !== 0;
    else if (any.field === ANY_VALUE.int && any.type === WireType.varint) value = any.int64();
    else if (any.field === ANY_VALUE.double) value = jsonNumber(any.double());
    else if (any.field === ANY_VALUE.array) value = readArray(any.message());
  }
  return value;
}

function readArray(array: ProtobufReader): JsonValue[] {
  const values: JsonValue[] = [];
  while (array.next()) if (array.field === ARRAY_VALUE.values) values.push(readAnyValue(array.message()));
  return values;
}

/** JSON has no infinity and would make it null. */
function jsonNumber(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}
