import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import { ProbeServiceService } from "@tracekeep/proto/probe/v1";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Tracing, withSpan } from "../src/index.ts";
import { serverSpans, untilRpcSpans } from "./harness/calls.ts";
import { startIntake, type TestIntake } from "./harness/intake.ts";
import { type ProbeServer, serveProbe, startTestTracing } from "./harness/probe.ts";
import { fixture } from "./harness/run-node.ts";

type Grpc = typeof grpc;
interface Message {
  readonly text: string;
  readonly count: number;
}

let folder: string;
let foreign: Grpc;
let intake: TestIntake;
let tracing: Tracing;
let probe: ProbeServer;

/** The application's own copy of grpc-js, in a folder of its own, beside the one that the library uses. */
beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "tracekeep-")));
  const original = dirname(createRequire(import.meta.url).resolve("@grpc/grpc-js/package.json"));
  const modules = join(folder, "node_modules");
  mkdirSync(join(modules, "@grpc"), { recursive: true });
  cpSync(original, join(modules, "@grpc/grpc-js"), { recursive: true });
  for (const name of ["@grpc/proto-loader", "@js-sdsl"])
    symlinkSync(join(original, "../..", name), join(modules, name));
  foreign = createRequire(join(folder, "app.js"))("@grpc/grpc-js") as Grpc;

  intake = await startIntake();
  tracing = startTestTracing(intake);
  probe = await serveProbe(tracing, {
    unary: (call, callback) => callback(null, { text: String(call.metadata.get("tenant")[0]), count: 1 }),
  });
});

afterAll(async () => {
  probe.stop();
  await tracing.shutdown();
  await intake.close();
  rmSync(folder, { recursive: true });
});

function call(copy: Grpc, address: string, options: object, credentials = copy.credentials.createInsecure()) {
  const Client = copy.makeGenericClientConstructor(ProbeServiceService, "Probe");
  const client = new Client(address, credentials, options);
  const metadata = new copy.Metadata();
  metadata.set("tenant", "acme");
  const done = Promise.withResolvers<Message>();
  client.unary?.({ text: "a", count: 0 }, metadata, (error: Error | null, response: Message) =>
    error ? done.reject(error) : done.resolve(response),
  );
  return done.promise.finally(() => client.close());
}

test("MOD-06: the application's grpc-js is another copy than the library's", () => {
  expect(foreign.Metadata).not.toBe(grpc.Metadata);
  expect(new foreign.Metadata()).not.toBeInstanceOf(grpc.Metadata);
});

test.each([
  ["clientOptions", () => tracing.clientOptions()],
  ["clientInterceptors", () => ({ interceptors: tracing.clientInterceptors() })],
])("MOD-06: a client of another copy with %s is traced, and its metadata arrives", async (_case, options) => {
  const known = serverSpans(intake).length;
  const { text, traceId } = await withSpan("caller", async (span) => {
    const response = await call(foreign, probe.address, options());
    return { text: response.text, traceId: span.spanContext().traceId };
  });
  expect(text).toBe("acme");
  const { client, server } = await untilRpcSpans(intake, known + 1);
  expect(server[known]).toMatchObject({ traceId, parentSpanId: client[known]?.spanId });
  expect(client[known]?.attributes).toMatchObject({ "rpc.status_code": "OK" });
});

test("MOD-06: a server of another copy is traced, its failures and trailers included", async () => {
  const server = new foreign.Server({ interceptors: tracing.serverInterceptors() });
  tracing.attach(server);
  const unary: grpc.handleUnaryCall<Message, Message> = (_call, callback) =>
    callback({ code: 13, details: "broken" });
  server.addService(ProbeServiceService, { unary });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", foreign.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  const known = serverSpans(intake).length;
  const errors = intake.errors.length;
  await expect(call(foreign, `127.0.0.1:${port}`, tracing.clientOptions())).rejects.toMatchObject({
    code: 13,
    details: "broken",
  });
  await untilRpcSpans(intake, known + 1);
  await tracing.forceFlush();
  expect(serverSpans(intake)[known]?.attributes).toMatchObject({ "rpc.status_code": "INTERNAL" });
  // The trailer told the client that the server has reported it.
  expect(intake.errors).toHaveLength(errors + 1);
  server.forceShutdown();
});

test("MOD-06: two clients with credentials of another copy share a connection, as they do without tracing", async () => {
  const known = serverSpans(intake).length;
  const credentials = foreign.credentials.createInsecure();
  await Promise.all([1, 2].map(() => call(foreign, probe.address, tracing.clientOptions(), credentials)));
  await untilRpcSpans(intake, known + 2);
  const ports = serverSpans(intake)
    .slice(known)
    .map((span) => span.attributes["network.peer.port"]);
  expect(ports).toHaveLength(2);
  expect(new Set(ports).size).toBe(1);
});

test("MOD-06: call credentials of another copy are sent with the call, over TLS", async () => {
  const pem = readFileSync(fixture("localhost.pem"), "utf8");
  const [key = "", cert = ""] = pem.match(/-----BEGIN[\s\S]*?-----END .*-----/g) ?? [];
  const server = new grpc.Server({ interceptors: tracing.serverInterceptors() });
  const unary: grpc.handleUnaryCall<Message, Message> = (incoming, callback) =>
    callback(null, { text: String(incoming.metadata.get("authorization")[0]), count: 1 });
  server.addService(ProbeServiceService, { unary });
  const pair = { private_key: Buffer.from(key), cert_chain: Buffer.from(cert) };
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("localhost:0", grpc.ServerCredentials.createSsl(null, [pair]), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  const token = foreign.credentials.createFromMetadataGenerator((_parameters, done) => {
    const metadata = new foreign.Metadata();
    metadata.set("authorization", "Bearer of-the-call");
    done(null, metadata);
  });
  const secure = foreign.credentials.combineChannelCredentials(
    foreign.credentials.createSsl(Buffer.from(cert)),
    token,
  );
  const { text } = await call(foreign, `localhost:${port}`, tracing.clientOptions(), secure);
  expect(text).toBe("Bearer of-the-call");
  server.forceShutdown();
});
