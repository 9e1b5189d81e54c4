import type { AttributeValue } from "@opentelemetry/api";
import type { AttributeBlock } from "../spans/index.ts";
import { writeAttributes } from "./attributes.ts";
import { ProtobufWriter } from "./protobuf-writer.ts";
import { SPAN } from "./span-fields.ts";

/** Encodes attributes for all spans that will have them; undefined values are left out. */
export function createAttributeBlock(
  attributes: Readonly<Record<string, AttributeValue | undefined>>,
): AttributeBlock {
  const entries = Object.entries(attributes).filter(
    (entry): entry is [string, AttributeValue] => entry[1] !== undefined,
  );
  const writer = new ProtobufWriter(256);
  writeAttributes(writer, SPAN.attributes, entries);
  return { entries, bytes: writer.take() };
}
