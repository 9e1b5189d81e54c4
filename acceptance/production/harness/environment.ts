import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { readDockerfile } from "../../../deploy/containers/testing/dockerfile.ts";
import { deploymentOf } from "../../../deploy/kubernetes/testing/manifests.ts";
import type { ServiceName } from "../../harness/stack.ts";

const DEPLOY = join(import.meta.dirname, "../../../deploy");

type Environment = Readonly<Record<string, string>>;

/** What an image is built with. */
export const BUILD: Environment = {
  BUILD_COMMIT: "3f2c1ab",
  BUILD_TIME: "2026-01-31T12:00:00Z",
  SERVICE_VERSION: "1.4.0",
};

/** What the cluster fills in for one pod. */
export interface PodValues {
  /** By the variable's name. */
  readonly secrets: Environment;
  readonly podName: string;
  /** The name server that knows the services, `HOST:PORT`. */
  readonly nameServer: string;
}

/**
 * The environment that a pod has in production: of its image, of the shared settings, of the overlay, of its Deployment.
 * @throws Error that names the variable, if the Deployment takes one from elsewhere that `values` does not have
 */
export function productionEnvironment(service: ServiceName, values: PodValues): Record<string, string> {
  const [{ env }] = deploymentOf(service).spec.template.spec.containers;
  const filled = env.map(({ name, value = given(name, values) }) => [
    name,
    askedAt(values.nameServer, value),
  ]);
  return {
    ...imageEnvironment(),
    ...settings("base"),
    ...settings("overlays/production"),
    ...Object.fromEntries(filled),
    // The service's own default, which tests would replace.
    PORT: String(portOf(service)),
    // The machine's own resolver cannot be told to ask another name server.
    GRPC_NODE_USE_ALTERNATIVE_RESOLVER: "true",
  };
}

/** The port that requests come to, of every pod of a service. */
export function portOf(service: ServiceName): number {
  const [{ ports }] = deploymentOf(service).spec.template.spec.containers;
  const port = ports.find(({ name }) => name === "grpc" || name === "http");
  if (port === undefined) throw new Error(`the Deployment of ${service} has no port for requests`);
  return port.containerPort;
}

function settings(folder: string): Environment {
  return parseEnv(readFileSync(join(DEPLOY, "kubernetes", folder, "settings.env"), "utf8")) as Environment;
}

function imageEnvironment(): Record<string, string> {
  const stage = readDockerfile(join(DEPLOY, "containers/Dockerfile")).find(({ name }) => name === "service");
  const pairs =
    stage?.steps.flatMap((step) => (step.kind === "ENV" ? Object.entries(step.values) : [])) ?? [];
  return Object.fromEntries(
    pairs.map(([name, value]) => [
      name,
      value.replace(/\$\{(\w+)\}/g, (_, argument) => BUILD[argument] ?? ""),
    ]),
  );
}

function given(variable: string, { secrets, podName }: PodValues): string {
  const value = variable === "INSTANCE_ID" ? podName : secrets[variable];
  if (value === undefined) throw new Error(`${variable} comes from the cluster: give it a value here`);
  return value;
}

/** A target whose name is looked up at this name server, instead of the machine's own. */
function askedAt(nameServer: string, value: string): string {
  return value.replace(/^dns:\/\/\//, `dns://${nameServer}/`);
}
