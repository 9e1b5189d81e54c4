import { join } from "node:path";
import { credentials, status } from "@grpc/grpc-js";
import { HealthCheckResponse_ServingStatus, HealthClient } from "@tracekeep/proto/grpc/health/v1";
import { HealthServiceClient, HealthStatus } from "@tracekeep/proto/health/v1";
import { expect, onTestFinished, test } from "vitest";
import { serverStreamCall, unaryCall } from "../src/index.ts";
import { describeDatabases, type ServiceProcess, startService } from "../src/testing/index.ts";
import { startOven } from "./fixtures/oven.ts";

const main = join(import.meta.dirname, "fixtures/bakery.ts");
const scope = { signal: new AbortController().signal, deadline: Number.POSITIVE_INFINITY };
const options = { scope, timeoutMs: 20_000 };
const { SERVING, NOT_SERVING, SERVICE_UNKNOWN } = HealthCheckResponse_ServingStatus;
const { HEALTH_STATUS_HEALTHY, HEALTH_STATUS_DEGRADED, HEALTH_STATUS_UNHEALTHY } = HealthStatus;

function clientsOf(service: ServiceProcess) {
  const health = new HealthServiceClient(service.address, credentials.createInsecure());
  const standard = new HealthClient(service.address, credentials.createInsecure());
  onTestFinished(() => {
    health.close();
    standard.close();
  });
  return {
    getHealth: (request: { dependencies?: string[]; includeConfiguration?: boolean } = {}) =>
      unaryCall(
        health,
        health.getHealth,
        { dependencies: [], includeConfiguration: false, ...request },
        options,
      ),
    getLiveness: () => unaryCall(health, health.getLiveness, {}, options),
    check: async (name: string) =>
      (await unaryCall(standard, standard.check, { service: name }, options)).status,
    list: () => unaryCall(standard, standard.list, {}, options),
    watch: (name: string) => serverStreamCall(standard, standard.watch, { service: name }, { scope }),
  };
}

async function start(env: Record<string, string>) {
  const service = await startService(main, env);
  onTestFinished(() => service[Symbol.asyncDispose]());
  return { service, ...clientsOf(service) };
}

describeDatabases(({ system, environment }) => {
  test("a service whose dependencies answer is healthy, serves, and says how long each took", async () => {
    const oven = await startOven();
    onTestFinished(oven.close);
    const bakery = await start({ ...environment(), OVEN_ADDRESS: oven.address });
    await bakery.service.line("ready");
    const health = await bakery.getHealth();
    expect(health).toMatchObject({
      status: HEALTH_STATUS_HEALTHY,
      ready: true,
      dependencies: [
        { name: "database", kind: system, critical: true, status: HEALTH_STATUS_HEALTHY, message: "" },
        { name: "oven", kind: "tcp", critical: false, status: HEALTH_STATUS_HEALTHY, message: "" },
      ],
    });
    for (const { latencyMs } of health.dependencies) expect(latencyMs).toBeGreaterThan(0);
    expect(await bakery.check("")).toBe(SERVING);
    expect(await bakery.check("probe.v1.ProbeService")).toBe(SERVING);
  });
});

test("liveness and the standard health answer while a check hangs, which is down after its time limit", async () => {
  const oven = await startOven("cold");
  onTestFinished(oven.close);
  const bakery = await start({ OVEN_ADDRESS: oven.address });
  let checked = false;
  const health = bakery.getHealth().finally(() => {
    checked = true;
  });
  expect(await bakery.getLiveness()).toMatchObject({ live: true, startTime: expect.any(Date) });
  expect(await bakery.check("")).toBe(SERVING);
  expect(checked).toBe(false);
  expect(await health).toMatchObject({
    status: HEALTH_STATUS_DEGRADED,
    dependencies: [{ name: "database" }, { name: "oven", message: "no answer within 500 ms" }],
  });
});

test("without a critical dependency a service is unhealthy", async () => {
  const oven = await startOven();
  const bakery = await start({ OVEN_ADDRESS: oven.address, OVEN_CRITICAL: "true" });
  await bakery.service.line("ready");
  await oven.close();
  const { status: overall, dependencies } = await bakery.getHealth();
  expect(overall).toBe(HEALTH_STATUS_UNHEALTHY);
  expect(dependencies[1]).toMatchObject({
    name: "oven",
    critical: true,
    status: HEALTH_STATUS_UNHEALTHY,
    message: expect.stringContaining("ECONNREFUSED"),
  });
});

test("dependencies can be asked for by name, and an unknown one is refused", async () => {
  const oven = await startOven();
  const bakery = await start({ OVEN_ADDRESS: oven.address });
  await oven.close();
  const { status: overall, dependencies } = await bakery.getHealth({ dependencies: ["database"] });
  expect(overall).toBe(HEALTH_STATUS_HEALTHY);
  expect(dependencies.map(({ name }) => name)).toEqual(["database"]);
  await expect(bakery.getHealth({ dependencies: ["mill"] })).rejects.toMatchObject({
    code: status.INVALID_ARGUMENT,
    message: 'there is no dependency "mill": give one of database, oven',
  });
});

test("the configuration is in the answer only if it is asked for, and without secrets", async () => {
  const SENTRY_DSN = "http://0123456789abcdef0123456789abcdef@127.0.0.1:9/1";
  const bakery = await start({ SENTRY_DSN, LABELS: "team=rye" });
  expect((await bakery.getHealth()).configuration).toEqual({});
  const { configuration } = await bakery.getHealth({ includeConfiguration: true });
  expect(configuration).toMatchObject({ SERVICE_NAME: "bakery", LABELS: '{"team":"rye"}' });
  expect(JSON.stringify(configuration)).not.toContain("0123456789abcdef");
});

test("a service serves only once a critical dependency was reached, and a watcher sees it", async () => {
  const oven = await startOven("cold");
  onTestFinished(oven.close);
  const bakery = await start({ OVEN_ADDRESS: oven.address, OVEN_CRITICAL: "true" });
  const watch = bakery.watch("probe.v1.ProbeService");
  expect(await watch.next()).toEqual({ done: false, value: { status: NOT_SERVING } });
  expect(await bakery.service.line("not ready: a dependency is down")).toMatchObject({ dependency: "oven" });
  expect(await bakery.getLiveness()).toMatchObject({ live: true });
  expect((await bakery.getHealth()).ready).toBe(false);
  oven.heat();
  expect(await watch.next()).toEqual({ done: false, value: { status: SERVING } });
  expect(await bakery.check("")).toBe(SERVING);
  await watch.return();
});

test("a service that is not there is NOT_FOUND, or SERVICE_UNKNOWN to a watcher", async () => {
  const bakery = await start({});
  await expect(bakery.check("mill.v1.MillService")).rejects.toMatchObject({ code: status.NOT_FOUND });
  const watch = bakery.watch("mill.v1.MillService");
  expect((await watch.next()).value).toEqual({ status: SERVICE_UNKNOWN });
  await watch.return();
});

test("the list has every service of the server", async () => {
  const bakery = await start({});
  await bakery.service.line("ready");
  const { statuses } = await bakery.list();
  expect(Object.keys(statuses).sort()).toEqual([
    "",
    "grpc.health.v1.Health",
    "health.v1.HealthService",
    "manifest.v1.ManifestService",
    "probe.v1.ProbeService",
  ]);
  expect(new Set(Object.values(statuses).map((one) => one.status))).toEqual(new Set([SERVING]));
});
