export { createBeginTrace } from "./begin-trace.ts";
export { type Contexts, createContexts } from "./contexts.ts";
export { ProcessingTime } from "./processing-time.ts";
export { createTenantBlocks } from "./tenant-blocks.ts";
export { TracekeepTracer } from "./tracer.ts";
