import { once } from "node:events";
import { join } from "node:path";
import { credentials, Metadata } from "@grpc/grpc-js";
import { HealthClient } from "@tracekeep/proto/grpc/health/v1";
import { HealthServiceClient } from "@tracekeep/proto/health/v1";
import { ManifestServiceClient } from "@tracekeep/proto/manifest/v1";
import { ProbeServiceClient } from "@tracekeep/proto/probe/v1";
import { startIntake } from "tracekeep-viewer";
import { expect, onTestFinished, test } from "vitest";
import { serverStreamCall, unaryCall } from "../src/index.ts";
import { describeDatabases, startService } from "../src/testing/index.ts";
import { startOven } from "./fixtures/oven.ts";
import { reflect } from "./fixtures/reflect.ts";

const main = join(import.meta.dirname, "fixtures/bakery.ts");
const scope = { signal: new AbortController().signal, deadline: Number.POSITIVE_INFINITY };
const options = { scope, timeoutMs: 20_000 };

describeDatabases(({ environment }) => {
  test("health, manifest and reflection make no spans, nor do start, checks and migrations; other calls do", async () => {
    await using intake = await startIntake();
    const oven = await startOven();
    onTestFinished(oven.close);
    const bakery = await startService(main, {
      ...environment(),
      OVEN_ADDRESS: oven.address,
      OVEN_CRITICAL: "true",
      SENTRY_DSN: intake.dsn,
      TRACE_SAMPLE_RATE: "1",
    });
    const insecure = credentials.createInsecure();
    const health = new HealthServiceClient(bakery.address, insecure);
    const standard = new HealthClient(bakery.address, insecure);
    const manifest = new ManifestServiceClient(bakery.address, insecure);
    const probe = new ProbeServiceClient(bakery.address, insecure);
    onTestFinished(async () => {
      for (const client of [health, standard, manifest, probe]) client.close();
      await bakery[Symbol.asyncDispose]();
    });
    await bakery.line("ready");
    await unaryCall(health, health.getLiveness, {}, options);
    await unaryCall(health, health.getHealth, { dependencies: [], includeConfiguration: true }, options);
    await unaryCall(manifest, manifest.getManifest, {}, options);
    await unaryCall(standard, standard.check, { service: "" }, options);
    await unaryCall(standard, standard.list, {}, options);
    for await (const _ of serverStreamCall(standard, standard.watch, { service: "" }, { scope })) break;
    await reflect(bakery.address, "services");

    // Nor with a caller that is traced: its trace would get spans of the checks.
    const metadata = new Metadata();
    metadata.set("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    const sampled = health.getHealth({ dependencies: [], includeConfiguration: false }, metadata, () => {});
    await once(sampled, "status");

    await unaryCall(probe, probe.unary, { text: "rye", count: 1 }, options);
    expect(await bakery.stop()).toBe(0);
    expect(intake.traces().map(({ nodes }) => nodes.map(({ span }) => span.name))).toEqual([
      ["probe.v1.ProbeService/Unary", "bake", "INSERT loaves"],
    ]);
  });
});
