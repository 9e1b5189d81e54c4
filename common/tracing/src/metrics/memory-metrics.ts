import type { TracingStats } from "../tracing.ts";
import { type Metric, PART, points } from "./metric.ts";

/** The flight record, and all memory that tracing can count itself. */
export const MEMORY_METRICS: readonly Metric[] = [
  {
    name: "tracekeep.record.usage",
    kind: "upDownCounter",
    unit: "By",
    description: "Bytes of the flight record that are taken",
    read: ({ stats }) => [[stats.record.usedBytes]],
  },
  {
    name: "tracekeep.record.limit",
    kind: "upDownCounter",
    unit: "By",
    description: "Size of the flight record",
    read: ({ stats }) => [[stats.record.bytes]],
  },
  {
    name: "tracekeep.record.spans",
    kind: "upDownCounter",
    unit: "{span}",
    description: "Spans in the flight record",
    read: ({ stats }) => [[stats.record.spans]],
  },
  {
    name: "tracekeep.record.traces",
    kind: "upDownCounter",
    unit: "{trace}",
    description: "Traces in the flight record",
    read: ({ stats }) => [[stats.record.traces]],
  },
  {
    name: "tracekeep.record.horizon",
    kind: "gauge",
    unit: "s",
    description: "Age of the oldest span in the flight record: how far back a failure can still reach",
    read: ({ stats }) => [[stats.record.horizonSeconds]],
  },
  {
    name: "tracekeep.memory.usage",
    kind: "upDownCounter",
    unit: "By",
    description: "Memory that tracing holds, as far as it counts it",
    read: ({ stats }) => points(partsOf(stats), PART),
  },
];

function partsOf({ record, export: destinations }: TracingStats): Record<string, number> {
  const parts = {
    record: record.bytes,
    index: record.indexBytes,
    queue: 0,
    in_flight: 0,
    spool: 0,
  };
  for (const { queuedBytes, inFlightBytes, spool } of Object.values(destinations)) {
    parts.queue += queuedBytes;
    parts.in_flight += inFlightBytes;
    parts.spool += spool?.pendingBytes ?? 0;
  }
  return parts;
}
