import type { AttributeValue } from "@opentelemetry/api";

export interface SpanEvent {
  readonly name: string;
  /** Microseconds since the epoch. */
  readonly time: number;
  readonly attributes: ReadonlyMap<string, AttributeValue>;
}
