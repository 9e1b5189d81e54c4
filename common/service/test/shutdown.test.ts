import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { credentials, status } from "@grpc/grpc-js";
import { HealthCheckResponse_ServingStatus, HealthClient } from "@tracekeep/proto/grpc/health/v1";
import { HealthServiceClient } from "@tracekeep/proto/health/v1";
import { ProbeServiceClient } from "@tracekeep/proto/probe/v1";
import { startIntake } from "tracekeep-viewer";
import { expect, onTestFinished, test } from "vitest";
import { serverStreamCall, unaryCall } from "../src/index.ts";
import { describeDatabases, startService } from "../src/testing/index.ts";
import { type BakeryTables, bakeryMigrations } from "./fixtures/bakery-tables.ts";
import { endOf, Load, newTraceId, traced } from "./fixtures/load.ts";

const main = join(import.meta.dirname, "fixtures/bakery.ts");
const scope = { signal: new AbortController().signal, deadline: Number.POSITIVE_INFINITY };
const { SERVING, NOT_SERVING } = HealthCheckResponse_ServingStatus;

describeDatabases(({ environment, location, open }) => {
  test("SIGTERM during load: calls in progress end well, no row and no span is lost, and the exit code is 0", async () => {
    await using intake = await startIntake();
    const place = location();
    const bakery = await startService(main, {
      ...environment(place),
      SENTRY_DSN: intake.dsn,
      // Only the end of the process sends: what arrives was flushed.
      TRACE_EXPORT_INTERVAL_MS: "60000",
      SHUTDOWN_GRACE_MS: "50",
    });
    const insecure = credentials.createInsecure();
    const client = new ProbeServiceClient(bakery.address, insecure);
    onTestFinished(async () => {
      client.close();
      await bakery[Symbol.asyncDispose]();
    });

    const traces = { up: newTraceId(), down: newTraceId(), both: newTraceId() };
    const upAnswer = Promise.withResolvers<unknown>();
    const up = client.clientStream(traced(traces.up), (error, response) =>
      upAnswer.resolve(error ?? response),
    );
    up.write({ text: "first", count: 1 });
    const down = client.serverStream({ text: "down", count: 1 }, traced(traces.down));
    const downEnd = endOf(down);
    await once(down, "data");
    const both = client.bidi(traced(traces.both));
    const bothEnd = endOf(both);
    both.write({ text: "both", count: 1 });
    await once(both, "data");
    const load = new Load(client, 8);
    await load.begun;

    const exitCode = bakery.stop("SIGTERM");
    await bakery.line("stopping");
    up.write({ text: "second", count: 1 });
    up.end();
    both.write({ text: "both again", count: 2 });
    expect((await once(both, "data"))[0]).toMatchObject({ text: "both again" });
    both.end();
    expect(await bothEnd).toEqual({ texts: ["both", "both again"], code: status.OK });
    expect(await downEnd).toEqual({ texts: ["down", "closing"], code: status.OK });
    expect(await upAnswer.promise).toEqual({ text: "baked", count: 2 });
    await load.ended;
    expect(await exitCode).toBe(0);

    // Calls that came too late were not begun: another instance can take them.
    expect(new Set(load.failures.map(({ code }) => code))).toEqual(new Set([status.UNAVAILABLE]));
    const database = await open<BakeryTables>(bakeryMigrations, place);
    const rows = await database.selectFrom("loaves").select("name").execute();
    const baked = [...load.answered, "first", "second", "down", "both", "both again"];
    expect(rows.map(({ name }) => name).sort()).toEqual(baked.sort());
    for (const traceId of [...load.answered, ...Object.values(traces)]) {
      const spans = intake.trace(traceId)?.nodes.map(({ span }) => span.name);
      expect(spans?.[0]).toMatch(/^probe\.v1\.ProbeService\//);
      expect(spans).toEqual(expect.arrayContaining(["bake", "INSERT loaves"]));
    }
  });
});

test("SIGTERM: not live and not serving comes first, while calls are still answered", async () => {
  const bakery = await startService(main, { SHUTDOWN_GRACE_MS: "60000", SHUTDOWN_TIMEOUT_MS: "120000" });
  const insecure = credentials.createInsecure();
  const health = new HealthServiceClient(bakery.address, insecure);
  const standard = new HealthClient(bakery.address, insecure);
  const probe = new ProbeServiceClient(bakery.address, insecure);
  onTestFinished(async () => {
    for (const client of [health, standard, probe]) client.close();
    await bakery[Symbol.asyncDispose]();
  });
  await bakery.line("ready");
  const watch = serverStreamCall(standard, standard.watch, { service: "" }, { scope });
  expect((await watch.next()).value).toEqual({ status: SERVING });

  const exitCode = bakery.stop("SIGTERM");
  expect((await watch.next()).value).toEqual({ status: NOT_SERVING });
  const options = { scope, timeoutMs: 20_000 };
  expect(await unaryCall(health, health.getLiveness, {}, options)).toMatchObject({ live: false });
  expect(await unaryCall(standard, standard.check, { service: "" }, options)).toEqual({
    status: NOT_SERVING,
  });
  const request = { text: "rye", count: 1 };
  expect(await unaryCall(probe, probe.unary, request, options)).toEqual(request);

  // The second signal ends the wait.
  await bakery.stop("SIGTERM");
  expect(await exitCode).toBe(1);
});

test("who polls on an open connection learns that the service is not live before the connection closes", async () => {
  // A blank variable has its default.
  const bakery = await startService(main, { SHUTDOWN_GRACE_MS: "" });
  const health = new HealthServiceClient(bakery.address, credentials.createInsecure());
  onTestFinished(() => health.close());
  const options = { scope, timeoutMs: 20_000 };
  expect(await unaryCall(health, health.getLiveness, {}, options)).toMatchObject({ live: true });
  const exitCode = bakery.stop("SIGTERM");
  const answers = new Set<boolean>();
  try {
    for (;;) {
      answers.add((await unaryCall(health, health.getLiveness, {}, options)).live);
      await delay(200);
    }
  } catch (error) {
    expect(error).toMatchObject({ code: status.UNAVAILABLE });
  }
  expect(answers).toContain(false);
  expect(await exitCode).toBe(0);
});

test("a watcher learns that the service stops, and does not hold up its end", async () => {
  const bakery = await startService(main, { SHUTDOWN_TIMEOUT_MS: "600000" });
  const standard = new HealthClient(bakery.address, credentials.createInsecure());
  onTestFinished(() => standard.close());
  await bakery.line("ready");
  const watch = serverStreamCall(standard, standard.watch, { service: "" }, { scope });
  expect((await watch.next()).value).toEqual({ status: SERVING });
  const exitCode = bakery.stop("SIGTERM");
  expect((await watch.next()).value).toEqual({ status: NOT_SERVING });
  expect((await watch.next()).done).toBe(true);
  expect(await exitCode).toBe(0);
});

test("SIGTERM ends a service that waits for a dependency", async () => {
  // Nothing listens on port 9.
  const bakery = await startService(main, { OVEN_ADDRESS: "127.0.0.1:9", OVEN_CRITICAL: "true" });
  await bakery.line("not ready: a dependency is down");
  expect(await bakery.stop("SIGTERM")).toBe(0);
  expect(bakery.lines.map(({ msg }) => msg)).not.toContain("ready");
});
