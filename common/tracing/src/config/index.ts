export { type ExplainedConfig, type ExplainedSetting, explainTracingConfig } from "./explain.ts";
export { type LoadTracingConfigOptions, loadTracingConfig } from "./load.ts";
export type { TracingConfig } from "./tracing-config.ts";
export type { TracingVariable } from "./variables.ts";
