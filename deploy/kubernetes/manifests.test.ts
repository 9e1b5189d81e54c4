import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { credentials } from "@grpc/grpc-js";
import { HealthCheckResponse_ServingStatus, HealthClient } from "@tracekeep/proto/grpc/health/v1";
import { startService } from "@tracekeep/service/testing";
import { describe, expect, test } from "vitest";
import { faultsOfSettings } from "../containers/testing/settings.ts";
import { deploymentOf, policyOf, SERVICES, serviceOf } from "./testing/manifests.ts";

const ROOT = join(import.meta.dirname, "../..");
const envFile = (file: string) => parseEnv(readFileSync(join(import.meta.dirname, file), "utf8"));
const base = envFile("base/settings.env");
const ENVIRONMENTS = ["staging", "production"];

describe.each(SERVICES)("%s", (name) => {
  const { spec } = deploymentOf(name);
  const pod = spec.template.spec;
  const [container] = pod.containers;
  const example = parseEnv(readFileSync(join(ROOT, "services", name, ".env.example"), "utf8"));
  const portOf = (named: string) => container.ports.find((port) => port.name === named)?.containerPort;

  test.each(ENVIRONMENTS)("takes the settings of %s without a fault or a warning", (environment) => {
    const own = Object.fromEntries(container.env.map(({ name, value = "" }) => [name, value]));
    const all = { ...base, ...envFile(`overlays/${environment}/settings.env`), ...own };
    expect(faultsOfSettings(name, all as Record<string, string>)).toEqual([]);
  });

  test("listens where its Service, its probes and Prometheus look for it", () => {
    const kind = name === "gateway" ? "http" : "grpc";
    expect(portOf(kind)).toBe(Number(example.PORT));
    const [published] = serviceOf(name).spec.ports;
    expect(published?.targetPort).toBe(kind);
    const image = readFileSync(join(ROOT, "deploy/containers/Dockerfile"), "utf8");
    expect(image).toContain(`METRICS_PORT=${portOf("metrics")} `);
    expect(spec.template.metadata.annotations["prometheus.io/port"]).toBe(String(portOf("metrics")));
    for (const probe of [container.startupProbe, container.livenessProbe, container.readinessProbe]) {
      if (probe.grpc) expect(probe.grpc.port).toBe(portOf("grpc"));
      // Not that of the metrics: it need not be served, and reading it collects.
      else expect(probe.httpGet?.port).toBe("http");
    }
  });

  test("calls services at the port that they listen on, and is let through to them", () => {
    for (const { name: variable, value = "" } of container.env.filter((one) =>
      one.name.endsWith("_ADDRESS"),
    )) {
      const [, callee = "", port] = /^dns:\/\/\/(\w+):(\d+)$/.exec(value) ?? [];
      expect(variable).toBe(`${callee.toUpperCase()}_ADDRESS`);
      const { spec } = serviceOf(callee);
      // Several instances behind one name: a virtual address would hide which one it was.
      expect(spec.clusterIP).toBe("None");
      expect(spec.ports.map((one) => String(one.port))).toContain(port);
      const [{ from }] = policyOf(callee).spec.ingress;
      expect(from?.[0]?.podSelector.matchExpressions[0]?.values).toContain(name);
    }
  });

  test("is given more time to stop than it takes", () => {
    const preStopMs = (container.lifecycle?.preStop?.sleep?.seconds ?? 0) * 1_000;
    expect(pod.terminationGracePeriodSeconds * 1_000).toBeGreaterThan(
      preStopMs + Number(base.SHUTDOWN_TIMEOUT_MS),
    );
    expect(Number(base.SHUTDOWN_GRACE_MS)).toBeGreaterThan(0);
  });

  test("has no rights, and writes only to its spool", () => {
    expect(pod.securityContext).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: "RuntimeDefault" },
    });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
    expect(container.volumeMounts.map(({ mountPath }) => mountPath)).toEqual([base.TRACE_SPOOL_DIR]);
    const [{ emptyDir }] = pod.volumes;
    expect(Number(emptyDir.sizeLimit.replace("Mi", "")) * 2 ** 20).toBeGreaterThan(
      Number(example.TRACE_SPOOL_BYTES),
    );
  });

  test("loses one instance at a time at most", () => {
    expect(spec.replicas).toBeGreaterThan(1);
    expect(spec.strategy.rollingUpdate).toEqual({ maxUnavailable: 0, maxSurge: 1 });
  });
});

test("nobody but Prometheus reaches the port of the metrics", () => {
  const prometheus = { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } } };
  expect(policyOf("tracekeep").spec.ingress).toEqual([{ from: [prometheus], ports: [{ port: "metrics" }] }]);
  for (const name of SERVICES) {
    const request = name === "gateway" ? "http" : "grpc";
    expect(policyOf(name).spec.ingress).toEqual([expect.objectContaining({ ports: [{ port: request }] })]);
    expect(serviceOf(name).spec.ports.map(({ targetPort }) => targetPort)).toEqual([request]);
  }
});

test.each(SERVICES.filter((name) => name !== "gateway"))("%s answers what its probes ask", async (name) => {
  const [{ startupProbe, livenessProbe, readinessProbe }] = deploymentOf(name).spec.template.spec.containers;
  await using service = await startService(join(ROOT, "services", name, "src/main.ts"));
  await service.line("ready");
  const client = new HealthClient(service.address, credentials.createInsecure());
  for (const probe of [startupProbe, livenessProbe, readinessProbe]) {
    const status = await new Promise((resolve, reject) =>
      client.check({ service: probe.grpc?.service ?? "" }, (error, response) =>
        error ? reject(error) : resolve(response.status),
      ),
    );
    expect(status).toBe(HealthCheckResponse_ServingStatus.SERVING);
  }
  client.close();
});

test("the gateway answers what its probes ask: without its ledger it is alive, and takes no requests", async () => {
  const [{ startupProbe, livenessProbe, readinessProbe }] =
    deploymentOf("gateway").spec.template.spec.containers;
  const main = join(ROOT, "services/gateway/src/main.ts");
  await using gateway = await startService(main, { LEDGER_ADDRESS: "127.0.0.1:1", METRICS_PORT: "" });
  const asked = [startupProbe, livenessProbe, readinessProbe].map(async ({ httpGet }) => {
    const { status } = await fetch(`http://${gateway.address}${httpGet?.path}`);
    return status;
  });
  expect(await Promise.all(asked)).toEqual([503, 200, 503]);
});
