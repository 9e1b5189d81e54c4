import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";

export const SERVICES = ["gateway", "ledger", "payroll", "treasury"];

interface Probe {
  readonly grpc?: { readonly port: number; readonly service?: string };
  readonly httpGet?: { readonly path: string; readonly port: string };
}

interface Container {
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly env: readonly { readonly name: string; readonly value?: string }[];
  readonly startupProbe: Probe;
  readonly livenessProbe: Probe;
  readonly readinessProbe: Probe;
  readonly lifecycle?: { readonly preStop?: { readonly sleep?: { readonly seconds: number } } };
  readonly securityContext: object;
  readonly volumeMounts: readonly { readonly mountPath: string }[];
}

/** What is looked at of a Deployment. */
interface Deployment {
  readonly spec: {
    readonly replicas: number;
    readonly strategy: { readonly rollingUpdate: object };
    readonly template: {
      readonly metadata: {
        readonly labels: Readonly<Record<string, string>>;
        readonly annotations: Readonly<Record<string, string>>;
      };
      readonly spec: {
        readonly terminationGracePeriodSeconds: number;
        readonly securityContext: object;
        readonly containers: readonly [Container];
        readonly volumes: readonly [{ readonly emptyDir: { readonly sizeLimit: string } }];
      };
    };
  };
}

interface Service {
  readonly spec: {
    readonly clusterIP?: string;
    readonly ports: readonly { readonly port: number; readonly targetPort: string }[];
  };
}

interface NetworkPolicy {
  readonly spec: {
    readonly ingress: readonly [
      {
        readonly from?: readonly {
          readonly podSelector: { readonly matchExpressions: readonly Expression[] };
        }[];
      },
    ];
  };
}

interface Expression {
  readonly values: readonly string[];
}

export const deploymentOf = (name: string) => resource<Deployment>(`${name}.yaml`, "Deployment", name);
export const serviceOf = (name: string) => resource<Service>(`${name}.yaml`, "Service", name);
export const policyOf = (name: string) => resource<NetworkPolicy>("network.yaml", "NetworkPolicy", name);

function resource<T>(file: string, kind: string, name: string): T {
  const documents = parseAllDocuments(readFileSync(join(import.meta.dirname, "../base", file), "utf8"));
  const found = documents
    .map((one) => one.toJS())
    .find((one) => one.kind === kind && one.metadata.name === name);
  if (found === undefined) throw new Error(`${file} has no ${kind} of the name ${name}`);
  return found;
}
