export { createBeginTrace } from "./begin-trace.ts";
export { type CapturedContext, type Contexts, createContexts } from "./contexts.ts";
export { ProcessingTime } from "./processing-time.ts";
export { createTenantBlocks } from "./tenant-blocks.ts";
export { type StartOptions, TracekeepTracer } from "./tracer.ts";
