import { chosen, LOST_IN_SPOOL, type Row, rate } from "../panel.ts";

const failed = rate("tracekeep_export_batch_total", 'tracekeep_outcome=~"retried|refused"');

/** One number for each alert. */
export const AT_A_GLANCE: Row = {
  title: "At a glance",
  panels: [
    {
      title: "Instances that answer",
      description: "Processes that serve metrics. One that refuses its configuration serves none.",
      unit: "short",
      shows: "number",
      queries: [[`count(${chosen("target_info")})`, "instances"]],
    },
    {
      title: "Destinations that accept",
      description: "The smallest is 0 if the last request of any instance was not accepted, otherwise 1.",
      unit: "short",
      limit: { below: 1 },
      shows: "number",
      queries: [
        [
          `min by (otel_component_name) (${chosen("tracekeep_export_destination_up")})`,
          "{{otel_component_name}}",
        ],
      ],
    },
    {
      title: "Requests that fail",
      description: "Share of the requests with spans that were tried again or refused. Alert: above 5 %.",
      unit: "percentunit",
      limit: { above: 0.05 },
      shows: "number",
      queries: [[`sum(${failed}) / sum(${rate("tracekeep_export_batch_total")})`, "failed"]],
    },
    {
      title: "Tracing's share of the latency",
      description:
        "Time of tracing's own code as a share of the time that requests take. Alert: above 10 % in an instance, if that is more than 1 % of a core.",
      unit: "percentunit",
      limit: { above: 0.1 },
      shows: "number",
      queries: [
        [
          `sum(${rate("tracekeep_processing_time_total")}) / sum(${rate("tracekeep_request_time_total")})`,
          "share",
        ],
      ],
    },
    {
      title: "Shortest horizon",
      description:
        "How far back a failure can still reach, in the instance with the least. Alert: below 10 s, once the record is full.",
      unit: "s",
      shows: "number",
      queries: [[`min(${chosen("tracekeep_record_horizon")})`, "horizon"]],
    },
    {
      title: "Most memory of one instance",
      description: "What tracing holds, as far as it counts it. Alert: above 50 MB.",
      unit: "bytes",
      limit: { above: 50e6 },
      shows: "number",
      queries: [[`max(sum by (job, instance) (${chosen("tracekeep_memory_usage")}))`, "memory"]],
    },
    {
      title: "Failed traces left out",
      description: "In the time that is shown, by the limit of TRACE_KEEP_MAX_PER_SECOND. Alert: above 0.",
      unit: "short",
      limit: { above: 1 },
      shows: "number",
      queries: [[`sum(increase(${chosen("tracekeep_trace_refused_total")}[$__range]))`, "traces"]],
    },
    {
      title: "Spans lost",
      description: "In the time that is shown, before, on and after their way out. Alert: above 0.",
      unit: "short",
      limit: { above: 1 },
      shows: "number",
      queries: [
        [
          `sum(increase(${chosen("tracekeep_export_span_dropped_total")}[$__range]) or increase(${chosen("tracekeep_span_lost_total")}[$__range]) or increase(${chosen("tracekeep_spool_span_total", LOST_IN_SPOOL)}[$__range]))`,
          "spans",
        ],
      ],
    },
    {
      title: "Error events lost",
      description:
        "In the time that is shown: failures that should have become Sentry issues. Alert: above 0.",
      unit: "short",
      limit: { above: 1 },
      shows: "number",
      queries: [
        [
          `sum(increase(${chosen("tracekeep_error_event_total", 'tracekeep_outcome=~"held|failed"')}[$__range]))`,
          "events",
        ],
      ],
    },
    {
      title: "Starts anew",
      description: "In half an hour, of the instance with the most. Alert: above 2.",
      unit: "short",
      limit: { above: 3 },
      shows: "number",
      queries: [[`max(resets(${chosen("process_uptime")}[30m]))`, "starts"]],
    },
  ],
};
