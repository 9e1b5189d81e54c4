import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { credentials, Metadata, status } from "@grpc/grpc-js";
import { ProbeServiceClient } from "@tracekeep/proto/probe/v1";
import { expect, onTestFinished, test, vi } from "vitest";
import { type ServiceProcess, startService } from "../src/testing/index.ts";
import { rawCall } from "./fixtures/raw-call.ts";

const main = join(import.meta.dirname, "fixtures/bakery.ts");

async function metricsUrl(service: ServiceProcess): Promise<string> {
  return String((await service.line("metrics are served")).url);
}

async function scrape(service: ServiceProcess): Promise<string> {
  return (await fetch(await metricsUrl(service))).text();
}

/** An endpoint that takes requests and never answers. */
async function startSilentEndpoint(): Promise<{ dsn: string; asked: Promise<unknown> }> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { dsn: `http://key@127.0.0.1:${port}/1`, asked: once(server, "request") };
}

function clientOf({ address }: ServiceProcess): ProbeServiceClient {
  const client = new ProbeServiceClient(address, credentials.createInsecure());
  onTestFinished(() => client.close());
  return client;
}

/** How often calls of a method have ended so. */
function count(page: string, method: string, code: string): number {
  const series = new RegExp(
    `^rpc_server_call_duration_count\\{.*rpc_method="probe.v1.ProbeService/${method}",rpc_response_status_code="${code}".*\\} (\\d+)$`,
    "m",
  );
  return Number(series.exec(page)?.[1] ?? 0);
}

test("without METRICS_PORT nothing is served", async () => {
  await using bakery = await startService(main, { METRICS_PORT: "" });
  await bakery.line("ready");
  expect(bakery.lines.map(({ msg }) => msg)).not.toContain("metrics are served");
});

test("metrics are served on HOST, at one path, and say whose they are", async () => {
  await using bakery = await startService(main, {
    METRICS_PORT: "0",
    HOST: "::1",
    ENVIRONMENT: "staging",
    INSTANCE_ID: "bakery-7",
  });
  const url = await metricsUrl(bakery);
  expect(url).toMatch(/^http:\/\/\[::1\]:\d+\/metrics$/);
  const answer = await fetch(`${url}?name=x`);
  expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/plain"]);
  expect(await answer.text()).toMatch(
    /^target_info\{service_name="bakery",service_version="1.2.3",service_instance_id="bakery-7",deployment_environment_name="staging"\} 1$/m,
  );
  expect((await fetch(new URL("/", url))).status).toBe(404);
});

test("a port that is taken ends the start with what to do", async () => {
  const holder = createServer().listen(0, "127.0.0.1");
  await once(holder, "listening");
  onTestFinished(() => void holder.close());
  const { port } = holder.address() as AddressInfo;
  const message = "cannot serve metrics: set METRICS_PORT to a free port, or to nothing for no metrics";
  const bakery = await startService(main, { METRICS_PORT: String(port) }, message);
  expect(bakery.lines.at(-1)).toMatchObject({ level: "fatal", port, err: { code: "EADDRINUSE" } });
  expect(await bakery.stop("SIGCONT")).toBe(1);
});

test("they are still served while tracing sends its last spans, and end with the process", async () => {
  const endpoint = await startSilentEndpoint();
  await using bakery = await startService(main, {
    METRICS_PORT: "0",
    SENTRY_DSN: endpoint.dsn,
    TRACE_SAMPLE_RATE: "1",
    // Only the end of the process sends.
    TRACE_EXPORT_INTERVAL_MS: "60000",
    SHUTDOWN_TIMEOUT_MS: "4000",
  });
  const url = await metricsUrl(bakery);
  await new Promise((resolve) => clientOf(bakery).unary({ text: "rye", count: 1 }, resolve));
  const ended = bakery.stop();
  await endpoint.asked;
  expect(await (await fetch(url)).text()).toMatch(/^otel_sdk_exporter_span_inflight\{.*\} [1-9]/m);
  expect(await ended).toBe(0);
  await expect(fetch(url)).rejects.toThrow();
});

test("calls are measured by method and status, those that grpc-js ends itself among them", async () => {
  await using bakery = await startService(main, { METRICS_PORT: "0" });
  const client = clientOf(bakery);
  await new Promise((resolve) => client.unary({ text: "rye", count: 1 }, resolve));
  const request = { text: "rye", count: 1 };
  const late = client.serverStream(request, new Metadata(), { deadline: Date.now() + 300 });
  const [{ code }] = await once(
    late.on("data", () => {}),
    "error",
  ).then(([error]) => [error]);
  expect(code).toBe(status.DEADLINE_EXCEEDED);
  const left = client.serverStream(request);
  left.on("error", () => {});
  await once(left, "data");
  left.cancel();
  await vi.waitFor(
    async () => {
      const page = await scrape(bakery);
      expect(count(page, "Unary", "OK")).toBe(1);
      expect(count(page, "ServerStream", "CANCELLED")).toBe(1);
      expect(count(page, "ServerStream", 'DEADLINE_EXCEEDED",error_type="DEADLINE_EXCEEDED')).toBe(1);
    },
    { timeout: 10_000 },
  );
  expect(await scrape(bakery)).not.toMatch(/rpc_response_status_code="(OK|CANCELLED)",error_type/);
});

test.each([
  ["of an unknown encoding", Uint8Array.of(1, 0, 0, 0, 2, 1, 2), status.UNIMPLEMENTED],
  ["that is too large", Uint8Array.of(0, 255, 255, 255, 255, 1, 2), status.RESOURCE_EXHAUSTED],
  ["that cannot be read", Uint8Array.of(0, 0, 0, 0, 1, 255), status.INTERNAL],
])("a request %s is measured with the status that its caller gets", async (_, body, expected) => {
  await using bakery = await startService(main, { METRICS_PORT: "0" });
  const encoding = { "grpc-encoding": "rot13" };
  for (let call = 0; call < 3; call++)
    expect(await rawCall(bakery.address, "/probe.v1.ProbeService/Unary", body, encoding)).toBe(expected);
  const page = await scrape(bakery);
  expect(count(page, "Unary", String(status[expected]))).toBe(3);
  expect(count(page, "Unary", "CANCELLED")).toBe(0);
});
