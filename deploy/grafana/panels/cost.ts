import { chosen, type Row, rate } from "../panel.ts";

/** What tracing costs, and how far the flight record reaches for it. */
export const COST: Row = {
  title: "Flight record and cost",
  panels: [
    {
      title: "Horizon",
      description:
        "How far back a failure can still reach, in the instance with the least. TRACE_RECORDER_BYTES sets it.",
      unit: "s",
      limit: { below: 10 },
      queries: [[`min by (service_name) (${chosen("tracekeep_record_horizon")})`, "{{service_name}}"]],
    },
    {
      title: "Record",
      description:
        "Share of the record that is taken. A full record pushes out the oldest spans: that is what it is for.",
      unit: "percentunit",
      queries: [
        [
          `max by (service_name) (${chosen("tracekeep_record_usage")} / ${chosen("tracekeep_record_limit")})`,
          "{{service_name}}",
        ],
      ],
    },
    {
      title: "Memory of tracing",
      description:
        "By part, in all instances. Record and index are fixed; the queue grows while a destination is down.",
      unit: "bytes",
      queries: [
        [
          `sum by (service_name, tracekeep_part) (${chosen("tracekeep_memory_usage")})`,
          "{{service_name}} {{tracekeep_part}}",
        ],
      ],
    },
    {
      title: "Tracing's share of the latency",
      description: "Time of tracing's own code as a share of the time that requests take.",
      unit: "percentunit",
      limit: { above: 0.1 },
      queries: [
        [
          `sum by (service_name) (${rate("tracekeep_processing_time_total")}) / sum by (service_name) (${rate("tracekeep_request_time_total")})`,
          "{{service_name}}",
        ],
      ],
    },
    {
      title: "Spans of the record",
      description:
        "Put in, pushed out by younger ones, and handed to the exporters since their traces were kept.",
      unit: "cps",
      queries: [
        [`sum(${rate("tracekeep_span_recorded_total")})`, "recorded"],
        [`sum(${rate("tracekeep_span_evicted_total")})`, "pushed out"],
        [`sum(${rate("tracekeep_span_kept_total")})`, "kept"],
      ],
    },
    {
      title: "Warnings of the configuration",
      description: "Each is a line in the log, with the event tracekeep.config.warning.",
      unit: "short",
      queries: [[`max by (service_name) (${chosen("tracekeep_config_warnings")})`, "{{service_name}}"]],
    },
  ],
};
