export { createAttributeBlock } from "./attribute-block.ts";
export { createSpanCompleter } from "./complete-span.ts";
export { createRequestEncoder, type EncodedSpan } from "./encode-request.ts";
export { createSpanEncoder, type SpanEncoder } from "./encode-span.ts";
export { ProtobufReader } from "./protobuf-reader.ts";
export { LINK, SPAN, STATUS } from "./span-fields.ts";
export { WireType } from "./wire-type.ts";
