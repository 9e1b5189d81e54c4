import { chosen, quantile, type Row, rate } from "../panel.ts";

/** The services themselves: what their callers notice, and what they need. */
export const SERVICES: Row = {
  title: "Services",
  panels: [
    {
      title: "Calls",
      description: "Calls served, and requests that the gateway has answered.",
      unit: "cps",
      queries: [
        [`sum by (service_name) (${rate("rpc_server_call_duration_count")})`, "{{service_name}}"],
        [`sum by (service_name) (${rate("http_server_request_duration_count")})`, "{{service_name}}"],
      ],
    },
    {
      title: "Calls that fail",
      description: "Share of the calls, and of the gateway's requests, whose failure is the service's own.",
      unit: "percentunit",
      queries: [
        [failureShare("rpc_server_call_duration_count"), "{{service_name}}"],
        [failureShare("http_server_request_duration_count"), "{{service_name}}"],
      ],
    },
    {
      title: "Latency, 95 % take less",
      description: "Of calls by method, and of the gateway's requests by route.",
      unit: "s",
      queries: [
        [
          quantile(0.95, "rpc_server_call_duration", "service_name, rpc_method"),
          "{{service_name}} {{rpc_method}}",
        ],
        [
          quantile(0.95, "http_server_request_duration", "service_name, http_route"),
          "{{service_name}} {{http_route}}",
        ],
      ],
    },
    {
      title: "Lateness of the event loop",
      description: "99th percentile of the last one to two minutes, in the worst instance.",
      unit: "s",
      queries: [[`max by (service_name) (${chosen("nodejs_eventloop_delay_p99")})`, "{{service_name}}"]],
    },
    {
      title: "CPU",
      description: "In cores, all instances of a service together.",
      unit: "short",
      queries: [[`sum by (service_name) (${rate("process_cpu_time_total")})`, "{{service_name}}"]],
    },
    {
      title: "Resident memory",
      description: "Of the largest instance.",
      unit: "bytes",
      queries: [[`max by (service_name) (${chosen("process_memory_usage")})`, "{{service_name}}"]],
    },
  ],
};

/** 0 where nothing fails: then there is no series with an error. */
function failureShare(count: string): string {
  const all = `sum by (service_name) (${rate(count)})`;
  const failed = `sum by (service_name) (${rate(count, 'error_type!=""')})`;
  return `(${failed} or 0 * ${all}) / ${all}`;
}
