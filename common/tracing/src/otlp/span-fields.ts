/** Field numbers of `opentelemetry.proto.trace.v1.Span` (OTLP 1.x) and the messages in it. */
export const SPAN = {
  traceId: 1,
  spanId: 2,
  traceState: 3,
  parentSpanId: 4,
  name: 5,
  kind: 6,
  startTime: 7,
  endTime: 8,
  attributes: 9,
  droppedAttributes: 10,
  events: 11,
  droppedEvents: 12,
  links: 13,
  droppedLinks: 14,
  status: 15,
  flags: 16,
} as const;
export const EVENT = { time: 1, name: 2, attributes: 3 } as const;
export const LINK = { traceId: 1, spanId: 2, traceState: 3, attributes: 4, flags: 6 } as const;
export const STATUS = { message: 2, code: 3 } as const;
