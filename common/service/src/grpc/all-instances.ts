/**
 * Options for a client's channel, by which its calls go in turn to all instances that the address leads to. Without them
 * a client stays with one instance, and learns that the others have been replaced only when it has lost that one, too.
 */
export const allInstances = {
  "grpc.service_config": JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }),
  // Names are looked up anew when an instance has gone. Half a minute, the default, is longer than a rolling update takes.
  "grpc.dns_min_time_between_resolutions_ms": 1_000,
  // An instance that is back is found within a second. By default tries come ever more seldom, up to two minutes apart.
  "grpc.initial_reconnect_backoff_ms": 100,
  "grpc.max_reconnect_backoff_ms": 1_000,
};
