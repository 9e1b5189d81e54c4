import { once } from "node:events";
import { createServer } from "node:net";
import { credentials, Server } from "@grpc/grpc-js";
import { HealthService } from "@tracekeep/proto/grpc/health/v1";
import { ProbeServiceClient } from "@tracekeep/proto/probe/v1";
import { pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import { grpcEndpoint } from "../grpc/endpoint.ts";
import { Readiness } from "../lifecycle/readiness.ts";
import { startGrpcServer } from "../testing/grpc-server.ts";
import { checkHealth } from "./check-health.ts";
import { grpcDependency } from "./grpc-dependency.ts";
import { standardHealthHandlers } from "./standard-health.ts";

async function askAt(address: string, options?: { critical: boolean }) {
  const client = new ProbeServiceClient(address, credentials.createInsecure());
  onTestFinished(() => client.close());
  const dependency = grpcDependency("mill", client, options);
  return { dependency, ask: async () => (await checkHealth([dependency])).dependencies[0] };
}

test("a service is healthy while it serves, over the channel of its client", async () => {
  const readiness = new Readiness();
  const handlers = standardHealthHandlers({ logger: pino({ level: "silent" }), readiness, services: [] });
  await using server = await startGrpcServer(HealthService, handlers);
  const { dependency, ask } = await askAt(server.address, { critical: true });
  expect(dependency).toMatchObject({
    name: "mill",
    kind: "grpc",
    critical: true,
    address: `dns:${server.address}`,
  });
  expect(await ask()).toMatchObject({ healthy: false, message: "it is NOT_SERVING" });
  readiness.moveTo("ready");
  expect(await ask()).toMatchObject({ healthy: true, message: "" });
  readiness.moveTo("stopping");
  expect(await ask()).toMatchObject({ healthy: false, message: "it is NOT_SERVING" });
});

test("a service without the health protocol is healthy if it can be reached", async () => {
  const server = new Server();
  const address = await grpcEndpoint(server, { HOST: "127.0.0.1", PORT: 0 }).listen();
  onTestFinished(() => server.forceShutdown());
  const { ask } = await askAt(address);
  expect(await ask()).toMatchObject({ healthy: true, dependency: { critical: false } });
});

test("one that cannot be reached, or does not answer, is not healthy", async () => {
  const silent = createServer().listen(0, "127.0.0.1");
  await once(silent, "listening");
  const address = silent.address();
  const port = typeof address === "object" ? address?.port : 0;
  const { ask } = await askAt(`127.0.0.1:${port}`);
  expect(await ask()).toMatchObject({ healthy: false, message: "no answer within 1000 ms" });
  silent.close();
  const gone = await askAt("127.0.0.1:9");
  expect(await gone.ask()).toMatchObject({
    healthy: false,
    message: expect.stringContaining("ECONNREFUSED"),
  });
});
