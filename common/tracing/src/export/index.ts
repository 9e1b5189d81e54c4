export type { DropReason, ExportStats } from "./batch-exporter.ts";
export { createSpanExporter } from "./span-exporter.ts";
