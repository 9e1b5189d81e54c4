import { ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { expect, onTestFinished, test } from "vitest";
import { probeClient, serveProbe } from "../harness/probe.ts";
import { callUnary } from "../harness/wire.ts";
import { startMetered } from "./harness/metered-tracing.ts";

/** Both ends of so many calls are certainly among those that are timed. */
const CALLS = 200;

test("the time of requests is that of first spans; spans below are within it", async () => {
  const { value } = startMetered({});
  const tracer = trace.getTracer("test");
  const entry = tracer.startSpan("request", { startTime: 1_000_000 });
  const below = trace.setSpan(ROOT_CONTEXT, entry);
  tracer.startSpan("query", { startTime: 1_000_100 }, below).end(1_001_000);
  expect(await value("tracekeep.request.time")).toBe(0);
  entry.end(1_002_000);
  expect(await value("tracekeep.request.time")).toBeCloseTo(2, 6);
});

/** Keeps the process busy for a millisecond. */
function takeTime(): void {
  for (const end = performance.now() + 1; performance.now() < end; );
}

test("tracing's own time is told for blocks of the user's: where they begin, and where they fail", async () => {
  const { tracing, value } = startMetered({});
  expect(await value("tracekeep.processing.time")).toBe(0);
  const attributes = Object.defineProperty({}, "slow", { enumerable: true, get: takeTime });
  for (let i = 0; i < CALLS; i++) tracing.withSpan("work", { attributes }, () => {});
  const begins = (await value("tracekeep.processing.time")) ?? 0;
  // Each of the 200 milliseconds, as far as one in 61 can tell.
  expect(begins).toBeGreaterThan(0.12);
  const error = Object.defineProperty(new Error(), "message", { get: () => takeTime() ?? "broken" });
  const fail = () => {
    throw error;
  };
  for (let i = 0; i < CALLS; i++) expect(() => tracing.withSpan("work", fail)).toThrow(error);
  expect(((await value("tracekeep.processing.time")) ?? 0) - begins).toBeGreaterThan(0.12);
});

test.each(["server", "client"])("tracing's own time is told for the calls of a %s", async (side) => {
  const { tracing, value } = startMetered({});
  const server = await serveProbe(side === "server" ? tracing : undefined, {
    unary: ({ request }, callback) => callback(null, request),
  });
  const client = probeClient(side === "client" ? tracing : undefined, server.address);
  onTestFinished(() => {
    client.close();
    server.stop();
  });
  for (let i = 0; i < CALLS; i++) await callUnary(client);
  expect(await value("tracekeep.processing.time")).toBeGreaterThan(0);
});
