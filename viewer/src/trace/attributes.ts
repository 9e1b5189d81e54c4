import type { AnyValue, KeyValue } from "@tracekeep/proto/otlp/v1";

/** The value of an attribute. Integers beyond 2^53 are bigint, so that nothing is rounded. */
export type AttributeValue =
  | string
  | boolean
  | number
  | bigint
  | Uint8Array
  | null
  | AttributeValue[]
  | { [key: string]: AttributeValue };

/** Attributes by key. The object has no prototype, so any key is safe. */
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** Attributes as OTLP carries them, as an object. Where a key comes twice, the last one stands. */
export function attributesOf(pairs: readonly KeyValue[]): Attributes {
  const attributes: Record<string, AttributeValue> = Object.create(null);
  for (const { key, value } of pairs) attributes[key] = attributeValue(value);
  return attributes;
}

function attributeValue(value: AnyValue | undefined): AttributeValue {
  if (value === undefined) return null;
  if (value.stringValue !== undefined) return value.stringValue;
  if (value.boolValue !== undefined) return value.boolValue;
  if (value.intValue !== undefined) return exactInteger(value.intValue);
  if (value.doubleValue !== undefined) return value.doubleValue;
  if (value.arrayValue !== undefined) return value.arrayValue.values.map(attributeValue);
  if (value.kvlistValue !== undefined) return { ...attributesOf(value.kvlistValue.values) };
  return value.bytesValue ?? null;
}

function exactInteger(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** An attribute as text, or undefined if it is absent or empty. */
export function textOf(value: AttributeValue | undefined): string | undefined {
  if (typeof value === "string") return value === "" ? undefined : value;
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean")
    return String(value);
  return undefined;
}

/** About how many bytes an attribute value takes in memory. */
function sizeOfValue(value: AttributeValue): number {
  if (typeof value === "string") return 24 + value.length * 2;
  if (value instanceof Uint8Array) return 96 + value.length;
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + sizeOfValue(item), 32);
  if (typeof value === "object" && value !== null) return sizeOfAttributes(value);
  return 16;
}

/** About how many bytes a set of attributes takes in memory. */
export function sizeOfAttributes(attributes: Attributes): number {
  let size = 64;
  for (const [key, value] of Object.entries(attributes)) size += 24 + key.length * 2 + sizeOfValue(value);
  return size;
}
