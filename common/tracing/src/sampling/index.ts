export { createHeadSampler, type HeadSampler } from "./head-sampler.ts";
export { loggedSampler } from "./logged-sampler.ts";
export { compileMethodRules, type MethodVerdict } from "./method-rules.ts";
export { toRandomness, toThreshold } from "./probability.ts";
export { KEEP_KEY, SHARED_KEY, traceDraw } from "./trace-hash.ts";
