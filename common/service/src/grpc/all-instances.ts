/**
 * Options for a client's channel, by which its calls go in turn to all instances that the address leads to. Without them
 * a client stays with one instance, and learns that the others have been replaced only when it has lost that one, too.
 */
export const allInstances = {
  "grpc.service_config": JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }),
  // Names are looked up anew when an instance has gone. Half a minute, the default, is longer than a rolling update takes.
  "grpc.dns_min_time_between_resolutions_ms": 1_000,
};
