import { chosen, LOST_IN_SPOOL, quantile, type Row, rate } from "../panel.ts";

const DESTINATION = "otel_component_name";

/** What goes out, what fails, what waits, and what is lost. */
export const EXPORT: Row = {
  title: "Export",
  panels: [
    {
      title: "Requests by outcome",
      description:
        "Requests with spans. Retried ones are tried again, split ones were too large, refused ones are lost.",
      unit: "cps",
      queries: [
        [
          `sum by (${DESTINATION}, tracekeep_outcome) (${rate("tracekeep_export_batch_total")})`,
          `{{${DESTINATION}}} {{tracekeep_outcome}}`,
        ],
      ],
    },
    {
      title: "Faults",
      description: "Requests that were not accepted, and why: a status, or what was wrong with the network.",
      unit: "cps",
      queries: [
        [
          `sum by (${DESTINATION}, error_type) (${rate("tracekeep_export_error_total")}) > 0 or sum by (${DESTINATION}) (${rate("tracekeep_export_error_total")})`,
          `{{${DESTINATION}}} {{error_type}}`,
        ],
      ],
    },
    {
      title: "Time until the answer",
      description: "Of one request: half of them take less, and 95 % of them take less.",
      unit: "s",
      queries: [
        [quantile(0.5, "otel_sdk_exporter_operation_duration", DESTINATION), `{{${DESTINATION}}} 50 %`],
        [quantile(0.95, "otel_sdk_exporter_operation_duration", DESTINATION), `{{${DESTINATION}}} 95 %`],
      ],
    },
    {
      title: "Queues",
      description:
        "Share of TRACE_EXPORT_QUEUE_BYTES that is taken, in the fullest instance. At 100 % spans are dropped.",
      unit: "percentunit",
      queries: [
        [
          `max by (service_name, ${DESTINATION}) (${chosen("tracekeep_export_queue_usage")} / ${chosen("tracekeep_export_queue_limit")})`,
          `{{service_name}} to {{${DESTINATION}}}`,
        ],
      ],
    },
    {
      title: "Spans dropped",
      description: "Spans lost on their way out, before it, and in the spool.",
      unit: "cps",
      queries: [
        [
          `sum by (${DESTINATION}, tracekeep_reason) (${rate("tracekeep_export_span_dropped_total")})`,
          `{{${DESTINATION}}} {{tracekeep_reason}}`,
        ],
        [
          `sum by (tracekeep_reason) (${rate("tracekeep_span_lost_total")})`,
          "before export: {{tracekeep_reason}}",
        ],
        [
          `sum by (tracekeep_outcome) (${rate("tracekeep_spool_span_total", LOST_IN_SPOOL)})`,
          "in the spool: {{tracekeep_outcome}}",
        ],
      ],
    },
    {
      title: "Spool",
      description: "Spans of kept traces that went to disk and from it; with TRACE_SPOOL_DIR only.",
      unit: "cps",
      queries: [
        [`sum by (tracekeep_outcome) (${rate("tracekeep_spool_span_total")})`, "{{tracekeep_outcome}}"],
        [`sum(${rate("tracekeep_spool_damaged_total")})`, "damaged requests"],
      ],
    },
    {
      title: "Spans accepted",
      description: "By each destination, sampled traces and kept ones.",
      unit: "cps",
      queries: [
        [
          `sum by (${DESTINATION}, service_name) (${rate("otel_sdk_exporter_span_exported_total", 'error_type=""')})`,
          `{{service_name}} to {{${DESTINATION}}}`,
        ],
      ],
    },
    {
      title: "Bytes sent",
      description: "Compressed, each try counted.",
      unit: "Bps",
      queries: [
        [
          `sum by (${DESTINATION}, service_name) (${rate("tracekeep_export_io_total")})`,
          `{{service_name}} to {{${DESTINATION}}}`,
        ],
      ],
    },
  ],
};
