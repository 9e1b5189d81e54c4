import { Metadata } from "@grpc/grpc-js";
import { context, propagation } from "@opentelemetry/api";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Tracing, withSpan } from "../src/index.ts";
import { startIntake, type TestIntake } from "./harness/intake.ts";
import { probeClient, startTestTracing } from "./harness/probe.ts";
import { callUnary, serveWire, type WireServer } from "./harness/wire.ts";

let intake: TestIntake;
let tracing: Tracing;
let wire: WireServer;
let client: ReturnType<typeof probeClient>;
let before = 0;

beforeAll(async () => {
  intake = await startIntake();
  tracing = startTestTracing(intake);
  wire = await serveWire();
  client = probeClient(tracing, wire.address);
});

beforeEach(() => {
  before = wire.seen.length;
});

afterAll(async () => {
  client.close();
  wire.stop();
  await tracing.shutdown();
  await intake.close();
});

const arrived = (): Metadata[] => wire.seen.slice(before);

test("META-01: one Metadata shared by 50 calls of 50 spans gives each call its own trace, and stays as it was", async () => {
  const shared = new Metadata();
  shared.set("tenant", "acme");
  const unchanged = JSON.stringify(shared.toJSON());
  const made = await Promise.all(
    Array.from({ length: 50 }, (_, index) =>
      withSpan(`caller ${index}`, async (span) => {
        await callUnary(client, { metadata: shared });
        return span.spanContext().traceId;
      }),
    ),
  );
  const traceIds = arrived().map((_, index) => wire.headers(before + 1 + index).traceId);
  expect(new Set(made).size).toBe(50);
  expect(traceIds.sort()).toEqual(made.sort());
  expect(JSON.stringify(shared.toJSON())).toBe(unchanged);
});

test("META-01: a Metadata that is used a thousand times does not grow", async () => {
  const shared = new Metadata();
  const sizes = new Set<number>();
  for (let i = 0; i < 1_000; i++) await withSpan("caller", () => callUnary(client, { metadata: shared }));
  for (const [index, metadata] of arrived().entries()) {
    wire.headers(before + 1 + index);
    sizes.add(Object.values(metadata.toJSON()).flat().length);
  }
  expect(arrived()).toHaveLength(1_000);
  expect(sizes.size).toBe(1);
  expect(shared.toJSON()).toEqual({});
});

test.each([
  ["letters beyond ASCII", "café"],
  ["a newline", "first\nsecond"],
  ["a tab", "a\tb"],
  ["an emoji", "🦊"],
  ["half a surrogate pair", "a\ud83e"],
  ["what separates members", "a,b;c=d"],
])("META-04: baggage with %s does not break the call and arrives", async (_case, value) => {
  const baggage = propagation.createBaggage({ odd: { value }, plain: { value: "1" } });
  await context.with(propagation.setBaggage(context.active(), baggage), () => callUnary(client));
  const members = wire.headers(before + 1).baggage;
  expect(decodeURIComponent(members.odd ?? "")).toBe(value.toWellFormed());
  expect(members.plain).toBe("1");
});

test("META-04: a baggage key that no header may hold is left out; the others arrive", async () => {
  const baggage = propagation.createBaggage({ "clé à part": { value: "1" }, plain: { value: "2" } });
  await context.with(propagation.setBaggage(context.active(), baggage), () => callUnary(client));
  const { baggage: members } = wire.headers(before + 1);
  expect(Object.keys(members).filter((key) => !key.startsWith("sentry-"))).toEqual(["plain"]);
});

test.each([
  ["in the context", { active: { tenant: "a" }, header: undefined }],
  ["in the metadata", { active: {}, header: "tenant=a" }],
  ["in both", { active: { tenant: "b" }, header: "tenant=a" }],
  [
    "in both, with Sentry's members of another trace",
    { active: { tenant: "b" }, header: "sentry-trace_id=1,tenant=a,sentry-release=x" },
  ],
])(
  "META-09: the user's baggage %s and Sentry's stand in one header, ids equal in both formats",
  async (_case, { active, header }) => {
    const entries = Object.entries(active).map(([key, value]) => [key, { value }]);
    const metadata = new Metadata();
    if (header !== undefined) metadata.set("baggage", header);
    const baggage = propagation.createBaggage(Object.fromEntries(entries));
    const traceId = await context.with(propagation.setBaggage(context.active(), baggage), () =>
      withSpan("caller", async (span) => {
        await callUnary(client, { metadata });
        return span.spanContext().traceId;
      }),
    );
    const headers = wire.headers(before + 1);
    expect(headers.traceId).toBe(traceId);
    expect(headers.baggage).toMatchObject({
      tenant: "a",
      "sentry-trace_id": traceId,
      "sentry-release": "1.2.3",
      "sentry-environment": "test",
      "sentry-public_key": "publickey",
      "sentry-sampled": "true",
    });
  },
);

test("META-09: headers of a trace that the user has set by hand are replaced, not doubled", async () => {
  const metadata = new Metadata();
  metadata.set("traceparent", `00-${"1".repeat(32)}-${"2".repeat(16)}-00`);
  metadata.set("sentry-trace", `${"1".repeat(32)}-${"2".repeat(16)}-0`);
  await callUnary(client, { metadata });
  const headers = wire.headers(before + 1);
  expect(headers.traceId).not.toBe("1".repeat(32));
  expect(headers).toMatchObject({ traceFlags: "01", sentryFlag: "1" });
});

test("META-08: only lower-case names are written, whatever the carrier", () => {
  const carrier: Record<string, string> = {};
  withSpan("caller", () => propagation.inject(context.active(), carrier));
  expect(Object.keys(carrier).sort()).toEqual(["baggage", "sentry-trace", "traceparent", "tracestate"]);
});
