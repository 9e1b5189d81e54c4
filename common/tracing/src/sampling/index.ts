export { createHeadSampler, type HeadSampler } from "./head-sampler.ts";
export { compileMethodRules, type MethodVerdict } from "./method-rules.ts";
