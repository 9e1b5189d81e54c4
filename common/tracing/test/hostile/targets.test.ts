import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, credentials, Metadata, Server, ServerCredentials } from "@grpc/grpc-js";
import { context, propagation } from "@opentelemetry/api";
import { ProbeServiceService } from "@tracekeep/proto/probe/v1";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { targetOf } from "../../src/grpc/target.ts";
import { compileTargets } from "../../src/propagation/index.ts";
import { parsePropagationTargets } from "../../src/propagation/targets.ts";
import { startIntake, type TestIntake } from "../harness/intake.ts";
import { startTestTracing } from "../harness/probe.ts";

const socketPath = join(tmpdir(), `targets-${process.pid}.sock`);
const seen: Metadata[] = [];
const server = new Server();
let port: number;
let intake: TestIntake;

beforeAll(async () => {
  intake = await startIntake();
  server.addService(ProbeServiceService, {
    unary(call: { metadata: Metadata }, callback: (error: null, answer: object) => void) {
      seen.push(call.metadata);
      callback(null, { text: "", count: 0 });
    },
  } as never);
  const bind = (address: string): Promise<number> =>
    new Promise((resolve, reject) =>
      server.bindAsync(address, ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    );
  port = await bind("127.0.0.1:0");
  await bind(`unix:${socketPath}`);
});
afterAll(async () => {
  server.forceShutdown();
  rmSync(socketPath, { force: true });
  await intake.close();
});

const OURS = ["traceparent", "tracestate", "sentry-trace", "baggage", "tracekeep"];

/** The headers of ours that a call to the target carries, from a context with baggage of the user's. */
async function sentTo(
  target: string,
  targets: string,
  by: "options" | "interceptors",
): Promise<Record<string, unknown>> {
  const tracing = startTestTracing(intake, { TRACE_PROPAGATION_TARGETS: targets });
  const options = by === "options" ? tracing.clientOptions() : { interceptors: tracing.clientInterceptors() };
  const client = new Client(target, credentials.createInsecure(), options);
  onTestFinished(async () => {
    client.close();
    await tracing.shutdown(500);
  });
  const baggage = propagation.createBaggage({ plan: { value: "gold" } });
  const before = seen.length;
  await context.with(
    propagation.setBaggage(context.active(), baggage),
    () =>
      new Promise<void>((resolve, reject) =>
        client.makeUnaryRequest(
          "/probe.v1.ProbeService/Unary",
          (bytes: Buffer) => bytes,
          (bytes: Buffer) => bytes,
          Buffer.alloc(0),
          new Metadata(),
          (error) => (error ? reject(error) : resolve()),
        ),
      ),
  );
  const arrived = seen[before]?.getMap() ?? {};
  return Object.fromEntries(Object.entries(arrived).filter(([name]) => OURS.includes(name)));
}

interface Form {
  readonly target: () => string;
  /** The name by which the operator lists it. */
  readonly host: string;
}
const FORMS: Readonly<Record<string, Form>> = {
  "a plain address": { target: () => `127.0.0.1:${port}`, host: "127.0.0.1" },
  "a plain name": { target: () => `localhost:${port}`, host: "localhost" },
  "dns:": { target: () => `dns:localhost:${port}`, host: "localhost" },
  "dns:///": { target: () => `dns:///localhost:${port}`, host: "localhost" },
  "ipv4:": { target: () => `ipv4:127.0.0.1:${port}`, host: "127.0.0.1" },
  "ipv4: with two addresses": { target: () => `ipv4:127.0.0.1:${port},127.0.0.2:${port}`, host: "127.0.0.*" },
  "unix:": { target: () => `unix:${socketPath}`, host: "unix*" },
  "unix:///": { target: () => `unix://${socketPath}`, host: "unix*" },
};

for (const by of ["options", "interceptors"] as const)
  for (const [form, { target, host }] of Object.entries(FORMS))
    test(`a target of the form ${form} (${by}) gets headers where the list has its host, without baggage if it says so, and none otherwise`, async () => {
      const all = await sentTo(target(), host, by);
      expect(Object.keys(all).sort()).toEqual([...OURS].sort());
      expect(all.baggage).toContain("plan=gold");
      const cut = await sentTo(target(), `${host};baggage=sentry`, by);
      expect(Object.keys(cut).sort()).toEqual([...OURS].sort());
      expect(cut.baggage).not.toContain("gold");
      expect(cut.baggage).toContain("sentry-trace_id=");
      expect(await sentTo(target(), "ledger.internal, *.127.0.0.1, localhost.evil.example", by)).toEqual({});
    });

/** What needs a resolver or a network that a test has not got. */
test.each([
  ["xds:///ledger.internal", "ledger.internal", "all"],
  ["xds:///ledger.internal:443", "ledger.internal", "all"],
  ["xds://control.internal/ledger.internal", "control.internal", "none"],
  ["dns://8.8.8.8/evil.example:443", "8.8.8.8", "none"],
  ["dns://8.8.8.8/ledger.internal:443", "ledger.internal", "all"],
  ["ipv6:[2001:db8::1]:443", "2001:db8::1", "all"],
  ["ipv6:[2001:db8::1]:443,[2001:db8::2]:443", "2001:db8::1", "none"],
  ["ipv4:10.0.0.1:443,93.184.216.34:443", "10.*", "none"],
  ["ipv4:10.0.0.1:443,10.0.0.2:443", "10.*", "all"],
  ["ledger.internal.evil.example:443", "ledger.internal", "none"],
  ["evil.example/ledger.internal", "ledger.internal", "none"],
  ["ledger.internal@evil.example:443", "ledger.internal", "none"],
  ["ledger.internal%00.evil.example:443", "ledger.internal", "none"],
])("%s, where the list has %s: %s", (target, host, scope) => {
  const headerScopeOf = compileTargets(parsePropagationTargets(host));
  expect(targetOf(target, { headerScopeOf }).scope).toBe(scope);
});
