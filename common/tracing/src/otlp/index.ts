export { createRequestEncoder, type EncodedSpan } from "./encode-request.ts";
export { createSpanEncoder } from "./encode-span.ts";
