export type { DropReason, ExportStats } from "./batch-exporter.ts";
export { createSpanExporter, type SpanExporter } from "./span-exporter.ts";
