import { baggageEntryMetadataFromString, context, propagation } from "@opentelemetry/api";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { continueTrace, type Tracing } from "../../src/index.ts";
import { startIntake, type TestIntake } from "../harness/intake.ts";
import { collectLog, probeClient, startTestTracing } from "../harness/probe.ts";
import { callUnary, serveWire, type WireServer } from "../harness/wire.ts";

const OURS = ["baggage", "sentry-trace", "traceparent", "tracestate", "tracekeep"];
const { lines, logger } = collectLog();
let intake: TestIntake;
let tracing: Tracing;
let wire: WireServer;
let client: ReturnType<typeof probeClient>;
/** What grpc-js itself sends. */
let others: readonly string[];

beforeAll(async () => {
  intake = await startIntake();
  tracing = startTestTracing(intake, {}, logger);
  wire = await serveWire();
  client = probeClient(tracing, wire.address);
  const untraced = probeClient(undefined, wire.address);
  const { count } = await callUnary(untraced);
  others = Object.keys(wire.seen[count - 1]?.getMap() ?? {});
  untraced.close();
});
afterAll(async () => {
  client.close();
  wire.stop();
  await tracing.shutdown();
  await intake.close();
});

/** A call arrives with our headers and no others, each as it may stand in a header. */
async function expectCleanCall(): Promise<void> {
  const { count } = await callUnary(client);
  const { traceId } = wire.headers(count);
  expect(traceId).toMatch(/^[0-9a-f]{32}$/);
  const arrived = wire.seen[count - 1]?.getMap() ?? {};
  expect(Object.keys(arrived).sort()).toEqual([...others, ...OURS].sort());
  for (const name of OURS) expect(String(arrived[name])).toMatch(/^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/);
  expect(String(arrived.baggage).length).toBeLessThanOrEqual(8_192);
  expect(lines.filter(({ level }) => level === "error")).toEqual([]);
}

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.string({ unit: fc.constantFrom(..."\r\n\0\t:;,=% aé🦊"), maxLength: 40 }),
);

test("whatever stands in the user's baggage, no header is added by it and none is broken", async () => {
  const entry = fc.tuple(text, text, fc.option(text, { nil: undefined }));
  await fc.assert(
    fc.asyncProperty(fc.array(entry, { maxLength: 6 }), async (entries) => {
      const pairs = entries.map(([key, value, metadata]) => [
        key,
        metadata === undefined ? { value } : { value, metadata: baggageEntryMetadataFromString(metadata) },
      ]);
      const baggage = propagation.createBaggage(Object.fromEntries(pairs));
      await context.with(propagation.setBaggage(context.active(), baggage), expectCleanCall);
    }),
    { numRuns: 150 },
  );
});

test("whatever stands in the headers of a request, no header is added by it further down and none is broken", async () => {
  const name = fc.constantFrom("baggage", "traceparent", "tracestate", "sentry-trace");
  const value = fc.oneof(
    text,
    text.map((each) => `a=1;p=${each}`),
    text.map((each) => `sentry-release=${each}`),
  );
  await fc.assert(
    fc.asyncProperty(fc.dictionary(name, value), async (headers) => {
      await continueTrace(headers, { name: "entry" }, expectCleanCall);
    }),
    { numRuns: 150 },
  );
});

test.each([
  ["a tab in a member's properties", "a=1;p=\tx"],
  ["an escape in Sentry's members", "sentry-release=1;\x1bx"],
  ["a line break in a value", "a=1\r\nevil: 1"],
])("baggage with %s does not cost the calls below their trace", async (_case, baggage) => {
  const traceId = "0af7651916cd43dd8448eb211c80319c";
  const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-01`, tracestate: "ot=th:0", baggage };
  await continueTrace(headers, { name: "entry" }, expectCleanCall);
  expect(wire.headers(wire.seen.length).traceId).toBe(traceId);
});

test("baggage of 10,000 members and of a megabyte is cut to what a header may hold", async () => {
  for (const [count, value] of [
    [10_000, "v"],
    [1, "v".repeat(1_000_000)],
    [64, "v".repeat(1_000)],
  ] as const) {
    const entries = Array.from({ length: count }, (_, index) => [`k${index}`, { value }] as const);
    const baggage = propagation.createBaggage(Object.fromEntries(entries));
    await context.with(propagation.setBaggage(context.active(), baggage), expectCleanCall);
  }
});
