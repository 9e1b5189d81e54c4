import { logVerbosity, type Server, type ServiceError, setLogVerbosity } from "@grpc/grpc-js";
import type { ProbeServiceClient } from "@tracekeep/proto/probe/v1";
import { expect, test } from "vitest";
import { clientSpans, serverSpans } from "../harness/calls.ts";
import { startIntake } from "../harness/intake.ts";
import { type ProbeHandlers, probeClient, serveProbe, startTestTracing } from "../harness/probe.ts";
import { withScene } from "../harness/scene.ts";

// grpc-js says so where a status cannot hold a method's name.
setLogVerbosity(logVerbosity.NONE);

const unary: ProbeHandlers["unary"] = (call, callback) => callback(null, call.request);
const asItIs = (bytes: Buffer): Buffer => bytes;

/** Calls a method by its path, as a proxy does that knows no definitions. */
function callByPath(client: ProbeServiceClient, path: string): Promise<ServiceError | null> {
  return new Promise((resolve) =>
    client.makeUnaryRequest(path, asItIs, asItIs, Buffer.alloc(0), (error) => resolve(error)),
  );
}

const ODD_PATHS = [
  `/bank.v1.Bank/${"x".repeat(8_192)}`,
  `/${"x".repeat(8_192)}/Pay`,
  "/bank.v1.Bank/Pay%0d%0aevil",
  "/bank.v1.Bank/../../etc/passwd",
  "/bank.v1.Bank/Pay?card=4111111111111111",
  "/jane@example.com/Pay",
  "/__proto__/constructor",
  "/",
  "//",
  `/${"*".repeat(200)}/${"*".repeat(50)}`,
];

test("a call to a method with an odd or an endless name ends as the server says, with a name that is bounded and masked", () =>
  withScene({ unary }, async ({ client, intake, lines, tracing }) => {
    for (const path of ODD_PATHS) expect(await callByPath(client, path)).toMatchObject({ code: 12 });
    await intake.until(() => clientSpans(intake).length === ODD_PATHS.length, "the client spans");
    await tracing.forceFlush();
    for (const { name, attributes } of clientSpans(intake)) {
      expect(name.length).toBeLessThanOrEqual(256);
      expect(attributes["rpc.method"]).toBe(name);
    }
    const names = clientSpans(intake).map(({ name }) => name);
    expect(names.slice(0, 2)).toEqual(["_OTHER", "_OTHER"]);
    expect(names.join()).not.toMatch(/4111111111111111|jane@example/);
    expect(lines.filter(({ level }) => level === "error")).toEqual([]);
  }));

test("a name that grpc-js refuses is refused with tracing as it is without", () =>
  withScene({ unary }, async ({ client, address }) => {
    const untraced = probeClient(undefined, address);
    for (const path of ["/köln.v1/Pay", "/bank/a\r\nb", "/bank/\0", "/bank/🦊", ""]) {
      const outcome = (asker: ProbeServiceClient) =>
        callByPath(asker, path).then(
          (error) => ({ code: error?.code }),
          (thrown: Error) => ({ thrown: thrown.name }),
        );
      expect(await outcome(client)).toEqual(await outcome(untraced));
    }
    untraced.close();
  }));

/** Makes a server answer every path, as proxies do that know no definitions. */
function takeEveryMethod(server: Server): void {
  // Not part of grpc-js's types, and the only way there is.
  const { handlers } = server as unknown as { handlers: Map<string, { path: string }> };
  const any = handlers.get("/probe.v1.ProbeService/Unary");
  const get = handlers.get.bind(handlers);
  handlers.get = (path) => get(path) ?? (any && { ...any, path });
}

test("a server that takes every method has at most 2,000 names in its spans, however many clients make up", async () => {
  const intake = await startIntake();
  const tracing = startTestTracing(intake);
  const probe = await serveProbe(tracing, { unary });
  takeEveryMethod(probe.server);
  const client = probeClient(undefined, probe.address);
  const total = 3_000;
  for (let sent = 0; sent < total; sent += 250)
    await Promise.all(
      Array.from({ length: 250 }, async (_, index) =>
        expect(await callByPath(client, `/made.up.v1.S${sent + index}/Call`)).toBeNull(),
      ),
    );
  await intake.until(() => serverSpans(intake).length === total, "the server's spans");
  const names = new Set(serverSpans(intake).map(({ name }) => name));
  expect(names.size).toBeLessThanOrEqual(2_001);
  expect(names).toContain("_OTHER");
  client.close();
  probe.stop();
  await tracing.shutdown();
  await intake.close();
});
