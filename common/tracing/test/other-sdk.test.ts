import { createRequire } from "node:module";
import { context, propagation, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { afterEach, beforeEach, expect, test } from "vitest";
import { withSpan } from "../src/index.ts";
import { untilRpcSpans } from "./harness/calls.ts";
import { startIntake, type TestIntake } from "./harness/intake.ts";
import { collectLog, probeClient, serveProbe, startTestTracing } from "./harness/probe.ts";
import { callUnary } from "./harness/wire.ts";

const fromOfficial = createRequire(createRequire(import.meta.url).resolve("otlp-official/package.json"));
const sdk = fromOfficial("@opentelemetry/sdk-trace-base");

/** OpenTelemetry's own SDK, with what it has exported. */
function makeOtherSdk() {
  const exporter = new sdk.InMemorySpanExporter();
  const provider = new sdk.BasicTracerProvider({ spanProcessors: [new sdk.SimpleSpanProcessor(exporter)] });
  const finished = (): { name: string }[] => exporter.getFinishedSpans();
  return { provider, names: () => finished().map(({ name }) => name) };
}

let intake: TestIntake;
beforeEach(async () => {
  intake = await startIntake();
});
afterEach(async () => {
  await intake.close();
  trace.disable();
  context.disable();
  propagation.disable();
});

async function makeOneCall(tracing: ReturnType<typeof startTestTracing>): Promise<void> {
  const probe = await serveProbe(tracing, {
    unary: (_call, callback) => callback(null, { text: "", count: 1 }),
  });
  const client = probeClient(tracing, probe.address);
  await callUnary(client);
  client.close();
  probe.stop();
}

test("MOD-03: an SDK that is registered first keeps its spans, ours are sent all the same, below its own, and one line says so", async () => {
  const other = makeOtherSdk();
  trace.setGlobalTracerProvider(other.provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const { lines, logger } = collectLog();
  const tracing = startTestTracing(intake, {}, logger);
  const outer = trace.getTracer("app").startSpan("theirs");
  await context.with(trace.setSpan(context.active(), outer), () => makeOneCall(tracing));
  outer.end();
  const { client, server } = await untilRpcSpans(intake);
  expect(client[0]).toMatchObject({
    traceId: outer.spanContext().traceId,
    parentSpanId: outer.spanContext().spanId,
  });
  expect(server[0]?.parentSpanId).toBe(client[0]?.spanId);
  expect(other.names()).toEqual(["theirs"]);
  expect(lines.filter(({ level }) => level === "warn").map(({ message }) => message)).toEqual([
    expect.stringContaining("Another OpenTelemetry SDK"),
  ]);
  await tracing.shutdown();
  expect(trace.getTracer("app").startSpan("still theirs").isRecording()).toBe(true);
});

test("MOD-03: an SDK that comes after ours is refused by OpenTelemetry, and ours goes on", async () => {
  const tracing = startTestTracing(intake);
  const other = makeOtherSdk();
  expect(trace.setGlobalTracerProvider(other.provider)).toBe(false);
  await makeOneCall(tracing);
  trace.getTracer("app").startSpan("by the global API").end();
  await untilRpcSpans(intake);
  await intake.until(() => intake.spans.length === 3, "the third span");
  expect(intake.spans.map((span) => span.scope).sort()).toEqual(["app", "tracekeep", "tracekeep"]);
  expect(other.names()).toEqual([]);
  await tracing.shutdown();
});

test("MOD-03: started twice, both send their own calls, and one line says what the second lacks", async () => {
  const second = { intake: await startIntake(), ...collectLog() };
  const tracings = [startTestTracing(intake), startTestTracing(second.intake, {}, second.logger)] as const;
  await makeOneCall(tracings[0]);
  await makeOneCall(tracings[1]);
  withSpan("business", () => {});
  await intake.until(() => intake.spans.length === 3, "two spans of the first and the business span");
  await untilRpcSpans(second.intake);
  expect(second.intake.spans).toHaveLength(2);
  expect(second.lines.filter(({ level }) => level === "warn")).toHaveLength(1);
  // The end of the first takes nothing from the second.
  await tracings[0].shutdown();
  const outer = await tracings[1].withSpan("outer", async (span) => {
    expect(trace.getSpan(context.active())).toBe(span);
    await makeOneCall(tracings[1]);
    return span.spanContext().spanId;
  });
  const { client } = await untilRpcSpans(second.intake, 2);
  expect(client[1]?.parentSpanId).toBe(outer);
  await tracings[1].shutdown();
  await second.intake.close();
});
