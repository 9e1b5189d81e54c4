import { join } from "node:path";
import { createFileRegistry, fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { credentials, status } from "@grpc/grpc-js";
import { ManifestServiceClient } from "@tracekeep/proto/manifest/v1";
import { afterAll, beforeAll, expect, test } from "vitest";
import { unaryCall } from "../src/index.ts";
import { type ServiceProcess, startService } from "../src/testing/index.ts";
import { reflect } from "./fixtures/reflect.ts";

const main = join(import.meta.dirname, "fixtures/bakery.ts");
const key = "0123456789abcdef0123456789abcdef";

let bakery: ServiceProcess;
beforeAll(async () => {
  bakery = await startService(main, {
    ENVIRONMENT: "staging",
    LABELS: "team=rye,tier=1",
    INSTANCE_ID: "bakery-7",
    BUILD_COMMIT: "0f3c1d2",
    BUILD_TIME: "2026-01-31T12:00:00Z",
    OVEN_ADDRESS: "127.0.0.1:9",
    SENTRY_DSN: `http://${key}@127.0.0.1:9/1`,
  });
});
afterAll(() => bakery?.stop());

test("the manifest tells who the service is, how it was built and runs, and what it offers and needs", async () => {
  const client = new ManifestServiceClient(bakery.address, credentials.createInsecure());
  const scope = { signal: new AbortController().signal, deadline: Number.POSITIVE_INFINITY };
  const manifest = await unaryCall(client, client.getManifest, {}, { scope, timeoutMs: 20_000 });
  client.close();
  expect(manifest).toMatchObject({
    identity: {
      name: "bakery",
      version: "1.2.3+0f3c1d2",
      instanceId: "bakery-7",
      environment: "staging",
      labels: { team: "rye", tier: "1" },
    },
    build: { commit: "0f3c1d2", buildTime: new Date("2026-01-31T12:00:00Z") },
    runtime: { nodeVersion: process.version, platform: `${process.platform}-${process.arch}` },
    dependencies: [
      { name: "database", kind: "sqlite", critical: true, address: ":memory:" },
      { name: "oven", kind: "tcp", critical: false, address: "127.0.0.1:9" },
    ],
  });
  expect(manifest.methods).toEqual([
    "grpc.health.v1.Health/Check",
    "grpc.health.v1.Health/List",
    "grpc.health.v1.Health/Watch",
    "health.v1.HealthService/GetHealth",
    "health.v1.HealthService/GetLiveness",
    "manifest.v1.ManifestService/GetManifest",
    "probe.v1.ProbeService/Bidi",
    "probe.v1.ProbeService/ClientStream",
    "probe.v1.ProbeService/ServerStream",
    "probe.v1.ProbeService/Unary",
  ]);
  expect(manifest.runtime?.uptimeSeconds).toBeGreaterThan(0);
  expect(manifest.runtime?.startTime?.getTime()).toBeLessThan(Date.now());
  expect(JSON.stringify(manifest)).not.toContain(key);
});

test.each(["v1", "v1alpha"] as const)("reflection %s lists the services", async (version) => {
  const { services } = await reflect(bakery.address, "services", version);
  expect(services.sort()).toEqual([
    "grpc.health.v1.Health",
    "health.v1.HealthService",
    "manifest.v1.ManifestService",
    "probe.v1.ProbeService",
  ]);
});

test("from what reflection answers a tool can make the messages of a service, imports included", async () => {
  const { files } = await reflect(bakery.address, { symbol: "health.v1.HealthService" });
  const file = files.map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes)).reverse();
  const registry = createFileRegistry({ $typeName: FileDescriptorSetSchema.typeName, file });
  const method = registry.getService("health.v1.HealthService")?.method.getLiveness;
  expect(method?.output.fields.map(({ name }) => name)).toEqual(["live", "start_time"]);
  expect(method?.output.field.startTime?.message?.typeName).toBe("google.protobuf.Timestamp");
});

test("reflection says so of a symbol that is not there", async () => {
  const { errorCode } = await reflect(bakery.address, { symbol: "mill.v1.MillService" });
  expect(errorCode).toBe(status.NOT_FOUND);
});
