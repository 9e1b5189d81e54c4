/** Bounds on what one export request may make a decoder allocate. */
export interface ShapeLimits {
  /** Most messages (spans, attributes, values, ...) in one request. */
  readonly messages: number;
  /** Deepest nesting of messages. */
  readonly depth: number;
}

/** Above what an exporter sends in one request: room for 50,000 spans of ten attributes each. */
export const DEFAULT_SHAPE_LIMITS: ShapeLimits = { messages: 1_000_000, depth: 64 };

/** A request that is not OTLP, with the place where that shows. */
export class MalformedRequestError extends Error {
  override name = "MalformedRequestError";
}

/** A well-formed request that would take too much memory. */
export class OversizedRequestError extends Error {
  override name = "OversizedRequestError";
}
