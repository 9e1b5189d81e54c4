export { type DiskForm, diskFormFor } from "./disk-form.ts";
export { createEnvelopeEncoder } from "./envelope.ts";
export { splitTooLarge } from "./split-too-large.ts";
export { SDK } from "./transaction.ts";
export { createTransactionStream } from "./transaction-stream.ts";
