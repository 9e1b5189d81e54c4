import { join } from "node:path";
import { credentials } from "@grpc/grpc-js";
import { ManifestServiceClient } from "@tracekeep/proto/manifest/v1";
import { ProbeServiceClient } from "@tracekeep/proto/probe/v1";
import { startIntake } from "tracekeep-viewer";
import { expect, onTestFinished, test, vi } from "vitest";
import { unaryCall } from "../src/index.ts";
import { startService } from "../src/testing/index.ts";

const main = join(import.meta.dirname, "fixtures/bakery.ts");

test.each([
  [{ SENTRY_RELEASE: "bakery@9.9.9", BUILD_COMMIT: "0f3c1d2" }, "bakery@9.9.9"],
  [{ BUILD_COMMIT: "0f3c1d2" }, "1.2.3+0f3c1d2"],
])("%o is one release: in traces, logs, metrics and the manifest", async (settings, release) => {
  await using intake = await startIntake();
  await using bakery = await startService(main, {
    METRICS_PORT: "0",
    TRACE_SAMPLE_RATE: "1",
    TRACE_EXPORT_INTERVAL_MS: "100",
    SENTRY_DSN: intake.dsn,
    ...settings,
  });
  const insecure = credentials.createInsecure();
  const scope = { signal: new AbortController().signal, deadline: Number.POSITIVE_INFINITY };
  const probe = new ProbeServiceClient(bakery.address, insecure);
  const manifests = new ManifestServiceClient(bakery.address, insecure);
  onTestFinished(() => {
    for (const client of [probe, manifests]) client.close();
  });
  await unaryCall(probe, probe.unary, { text: "rye", count: 1 }, { scope, timeoutMs: 20_000 });

  const { identity } = await unaryCall(manifests, manifests.getManifest, {}, { scope, timeoutMs: 20_000 });
  expect(identity?.version).toBe(release);
  expect(new Set(bakery.lines.map(({ version }) => version))).toEqual(new Set([release]));
  const { url } = await bakery.line("metrics are served");
  expect(await (await fetch(String(url))).text()).toContain(`service_version="${release}"`);
  await vi.waitFor(() => expect(intake.traces()).toHaveLength(1), { timeout: 20_000 });
  const spans = intake.traces().flatMap(({ nodes }) => nodes.map(({ span }) => span));
  expect(new Set(spans.map(({ attributes }) => attributes["sentry.release"]))).toEqual(new Set([release]));
});
