export { createAttributeBlock } from "./attribute-block.ts";
export { createSpanCompleter } from "./complete-span.ts";
export { createRequestEncoder, type EncodedSpan } from "./encode-request.ts";
export { createSpanEncoder, type SpanEncoder } from "./encode-span.ts";
