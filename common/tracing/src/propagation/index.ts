export {
  type Carrier,
  type HeaderReader,
  type MetadataLike,
  MetadataWriter,
  readCarrier,
  readMetadata,
} from "./carrier.ts";
export { originOf, remoteParentOf } from "./context-keys.ts";
export { createExtractor, type ExtractContext } from "./extract.ts";
export { injectContext } from "./inject.ts";
export { createPropagator } from "./propagator.ts";
export { contextWithSpan } from "./request-context.ts";
export { createSamplingContext, type SamplingContextFacts } from "./sampling-context.ts";
export { isTracingSuppressed, suppressTracing } from "./suppression.ts";
export { compileTargets, type HeaderScope } from "./targets.ts";
export { type TenantRule, tenantOf } from "./tenant.ts";
export { withProbability } from "./trace-state.ts";
