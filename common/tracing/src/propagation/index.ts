export { type Carrier, type HeaderReader, type MetadataLike, readCarrier, readMetadata } from "./carrier.ts";
export { originOf, remoteParentOf } from "./context-keys.ts";
export { extractContext, type RemoteTrust } from "./extract.ts";
export { injectContext } from "./inject.ts";
export { createPropagator } from "./propagator.ts";
export { createSamplingContext, type SamplingContextFacts } from "./sampling-context.ts";
export { isTracingSuppressed, suppressTracing } from "./suppression.ts";
export { compileTargets, type HeaderScope } from "./targets.ts";
export { withProbability } from "./trace-state.ts";
