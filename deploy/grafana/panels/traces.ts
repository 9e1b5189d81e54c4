import { chosen, type Row, rate } from "../panel.ts";

/** Which traces are sent, and why. */
export const TRACES: Row = {
  title: "Traces",
  panels: [
    {
      title: "Sampling rate",
      description:
        "Share of the traces that were sampled, beside what it should be, with the rates of methods in it.",
      unit: "percentunit",
      queries: [
        [
          `sum by (service_name) (${rate("tracekeep_sampling_decision_total", 'otel_span_sampling_result="RECORD_AND_SAMPLE"')}) / sum by (service_name) (${rate("tracekeep_sampling_decision_total")})`,
          "{{service_name}} actual",
        ],
        [
          `sum by (service_name) (${rate("tracekeep_sampling_expected_total")}) / sum by (service_name) (${rate("tracekeep_sampling_decision_total")})`,
          "{{service_name}} expected",
        ],
        [
          `max by (service_name) (${chosen("tracekeep_sampling_rate_configured")})`,
          "{{service_name}} configured",
        ],
      ],
    },
    {
      title: "Traces kept",
      description:
        "Traces kept whatever the sampling: by this process (local) or for another one (remote), and why.",
      unit: "cps",
      queries: [
        [
          `sum by (tracekeep_origin, tracekeep_reason) (${rate("tracekeep_trace_kept_total")})`,
          "{{tracekeep_reason}}, {{tracekeep_origin}}",
        ],
      ],
    },
    {
      title: "Traces refused",
      description: "Traces that failed, and were left out by the limit of kept traces.",
      unit: "cps",
      queries: [
        [
          `sum by (service_name, tracekeep_origin) (${rate("tracekeep_trace_refused_total")})`,
          "{{service_name}}, {{tracekeep_origin}}",
        ],
      ],
    },
    {
      title: "Branches of kept traces",
      description:
        "Asked for in other processes, kept here for a caller, and missed: those are not in the trace.",
      unit: "cps",
      queries: [
        [`sum by (tracekeep_outcome) (${rate("tracekeep_recall_branch_total")})`, "{{tracekeep_outcome}}"],
      ],
    },
    {
      title: "Sentry issues",
      description:
        "Error events that were sent, limited together with kept traces, not taken, or not accepted.",
      unit: "cps",
      queries: [
        [`sum by (tracekeep_outcome) (${rate("tracekeep_error_event_total")})`, "{{tracekeep_outcome}}"],
      ],
    },
    {
      title: "Spans",
      description: "Spans that have begun, in each service.",
      unit: "cps",
      queries: [[`sum by (service_name) (${rate("otel_sdk_span_started_total")})`, "{{service_name}}"]],
    },
  ],
};
