import { deploymentOf } from "../../kubernetes/testing/manifests.ts";

/** Targets as discovery hands them on: an address, and what is known of it. */
export interface DiscoveredPort {
  readonly targets: readonly [string];
  readonly labels: Readonly<Record<string, string>>;
}

/** What Kubernetes's discovery finds of a service's pod: a target for each port. */
export function discoveredPorts(service: string, host: string, phase = "Running"): DiscoveredPort[] {
  const { template } = deploymentOf(service).spec;
  const [{ ports }] = template.spec.containers;
  return ports.map(({ name, containerPort }) => ({
    targets: [`${host}:${containerPort}`],
    labels: {
      __meta_kubernetes_namespace: "tracekeep-staging",
      __meta_kubernetes_pod_name: `${service}-5d4f`,
      __meta_kubernetes_pod_phase: phase,
      __meta_kubernetes_pod_container_port_name: name,
      ...podLabels(template.metadata.labels),
    },
  }));
}

function podLabels(labels: Readonly<Record<string, string>>): Record<string, string> {
  const renamed = Object.entries(labels).map(([name, value]) => [
    `__meta_kubernetes_pod_label_${name.replace(/\W/g, "_")}`,
    value,
  ]);
  return Object.fromEntries(renamed);
}
