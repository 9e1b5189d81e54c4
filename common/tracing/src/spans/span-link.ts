import { type AttributeValue, isSpanContextValid, type Link, type SpanContext } from "@opentelemetry/api";

export interface SpanLink {
  readonly context: SpanContext;
  readonly attributes: ReadonlyMap<string, AttributeValue>;
}

/** Code that is not type-checked may give anything. */
export function isValidLink(link: Link | undefined): link is Link {
  return link?.context !== undefined && isSpanContextValid(link.context);
}
