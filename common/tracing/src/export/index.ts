export type { PostListener } from "./batch-exporter.ts";
export type { DropReason, ExportStats } from "./export-counters.ts";
export { createSpanExporter } from "./span-exporter.ts";
