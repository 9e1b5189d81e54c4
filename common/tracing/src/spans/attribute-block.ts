import type { AttributeValue } from "@opentelemetry/api";

/** Attributes that many spans have alike, encoded once and for all. */
export interface AttributeBlock {
  readonly entries: readonly (readonly [string, AttributeValue])[];
  /** The same as they stand in an OTLP `Span` message. */
  readonly bytes: Uint8Array;
}
