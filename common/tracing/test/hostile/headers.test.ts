import { randomBytes } from "node:crypto";
import { logVerbosity, setLogVerbosity } from "@grpc/grpc-js";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Tracing } from "../../src/index.ts";
import { serverSpans } from "../harness/calls.ts";
import { startIntake, type TestIntake } from "../harness/intake.ts";
import {
  collectLog,
  type ProbeHandlers,
  type ProbeServer,
  probeClient,
  serveProbe,
  startTestTracing,
} from "../harness/probe.ts";
import { callUnary, metadataOf, serveWire, type WireServer } from "../harness/wire.ts";
import { type RawHeader, type RawOutcome, rawCall } from "./harness/raw-call.ts";

// grpc-js says of each header that it leaves out that it does.
setLogVerbosity(logVerbosity.NONE);

const PATH = "/probe.v1.ProbeService/Unary";
const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";
const GOOD = `00-${TRACE}-${SPAN}-01`;
const { lines, logger } = collectLog();

interface Edge {
  readonly intake: TestIntake;
  readonly tracing: Tracing;
  readonly probe: ProbeServer;
}
const edges = new Map<string, Edge>();
let untraced: ProbeServer;
let wire: WireServer;

beforeAll(async () => {
  wire = await serveWire();
  const handlersOf = (tracing: Tracing | undefined): ProbeHandlers => {
    const below = probeClient(tracing, wire.address);
    return {
      async unary(_call, callback) {
        await callUnary(below);
        callback(null, { text: "the answer", count: 7 });
      },
    };
  };
  untraced = await serveProbe(undefined, handlersOf(undefined));
  for (const trust of ["all", "ids", "none"]) {
    const intake = await startIntake();
    const env = { TRACE_TRUST_REMOTE: trust, TRACE_SAMPLE_RATE: "0", TRACE_TENANT_KEY: "x-tenant-id" };
    const tracing = startTestTracing(intake, env, logger);
    edges.set(trust, { intake, tracing, probe: await serveProbe(tracing, handlersOf(tracing)) });
  }
});

afterAll(async () => {
  untraced.stop();
  wire.stop();
  for (const { intake, tracing, probe } of edges.values()) {
    probe.stop();
    await tracing.shutdown(500);
    await intake.close();
  }
});

/** What each server makes of these headers: a traced one must do as the untraced one does. */
async function expectSameAnswers(headers: readonly RawHeader[]): Promise<RawOutcome> {
  const expected = await rawCall(untraced.address, PATH, headers);
  for (const [trust, { probe }] of edges)
    expect({ trust, ...(await rawCall(probe.address, PATH, headers)) }).toEqual({ trust, ...expected });
  return expected;
}

/** Nothing was sampled or kept, nothing of ours went wrong, and the next request is traced as ever. */
async function expectUnharmed(): Promise<void> {
  for (const { intake, tracing, probe } of edges.values()) {
    const { kept, spans } = tracing.stats();
    expect({ sampled: spans.sampled, traces: kept.traces, open: spans.open }).toEqual({
      sampled: 0,
      traces: 0,
      open: 0,
    });
    expect(intake.spans).toEqual([]);
    const client = probeClient(undefined, probe.address);
    const before = tracing.stats().spans.ended;
    expect(
      await callUnary(client, { metadata: metadataOf({ traceparent: GOOD.replace(/01$/, "00") }) }),
    ).toEqual({
      text: "the answer",
      count: 7,
    });
    client.close();
    expect(tracing.stats().spans.ended).toBe(before + 2);
    expect(serverSpans(intake)).toEqual([]);
  }
  expect(lines.filter(({ level }) => level === "error")).toEqual([]);
}

/** Of the calls below, but for those of the untraced server. */
function traceIdsSince(before: number): string[] {
  const traced = wire.seen.slice(before).map((metadata) => metadata.get("sentry-trace").join());
  const ids = traced.filter((header) => header !== "").map((header) => header.slice(0, 32));
  expect(ids).toHaveLength(edges.size);
  return ids;
}

const TRACE_HEADERS = ["traceparent", "tracestate", "sentry-trace", "baggage", "tracekeep", "x-tenant-id"];
const nonsense: Readonly<Record<string, string>> = {
  nothing: "",
  "16 kB": "0".repeat(16_000),
  "40 kB of commas": ",".repeat(40_000),
  "bytes beyond ASCII": "\xff\xfe\x80\xe9".repeat(20),
  "UTF-8": Buffer.from("tenant=köln,🦊=1").toString("latin1"),
  "control characters": "a=\x01\x02\x7f",
  "a NUL": "a=\0",
  "a line break": "a=1\r\nevil: 1",
  "a tab": "a=1;p=\t1",
  "what opens and never closes": "%".repeat(3_000),
  "percent signs without end": "a=%25".padEnd(9_000, "25"),
  "1,000 members": Array.from({ length: 1_000 }, (_, index) => `k${index}=v`).join(","),
  "1,000 members of one key": Array.from({ length: 1_000 }, (_, index) => `k=${index}`).join(","),
  "10,000 semicolons": "v=1;".padEnd(10_000, ";"),
  "names of the prototype": "__proto__=1,constructor=2,toString=3,hasOwnProperty=4",
};
for (const [what, value] of Object.entries(nonsense))
  test(`headers with ${what} in them change no answer and sample nothing`, async () => {
    for (const name of TRACE_HEADERS) await expectSameAnswers([[name, value]]);
    await expectSameAnswers(TRACE_HEADERS.map((name) => [name, value]));
    await expectUnharmed();
  });

const badIds: Readonly<Record<string, string>> = {
  "of zeros": `00-${"0".repeat(32)}-${"0".repeat(16)}-01`,
  "with a span id of zeros": `00-${TRACE}-${"0".repeat(16)}-01`,
  "in upper case": `00-${TRACE.toUpperCase()}-${SPAN}-01`,
  "that are too long": `00-${TRACE}00-${SPAN}-01`,
  "that are too short": `00-${TRACE.slice(2)}-${SPAN}-01`,
  "of other letters": `00-${"g".repeat(32)}-${SPAN}-01`,
  "of fullwidth digits": Buffer.from(`00-${"０".repeat(32)}-${SPAN}-01`).toString("latin1"),
};
for (const [what, traceparent] of Object.entries(badIds))
  test(`ids ${what} are not continued, and their flag samples nothing`, async () => {
    const before = wire.seen.length;
    const { message } = await expectSameAnswers([
      ["traceparent", traceparent],
      ["sentry-trace", traceparent.slice(3).replace(/-01$/, "-1")],
      ["tracestate", "ot=th:0"],
    ]);
    expect(message).not.toBe("");
    expect(traceIdsSince(before)).not.toContain(TRACE);
    await expectUnharmed();
  });

test("neither are those of a version that must not be", async () => {
  const before = wire.seen.length;
  await expectSameAnswers([["traceparent", `ff-${TRACE}-${SPAN}-01`]]);
  expect(traceIdsSince(before)).not.toContain(TRACE);
  await expectUnharmed();
});

test("the largest id there is, is an id", async () => {
  const { probe } = edges.get("ids") as Edge;
  const client = probeClient(undefined, probe.address);
  await callUnary(client, {
    metadata: metadataOf({ traceparent: `00-${"f".repeat(32)}-${"f".repeat(16)}-00` }),
  });
  expect(wire.headers(wire.seen.length).traceId).toBe("f".repeat(32));
  client.close();
  await expectUnharmed();
});

test("a header that comes 300 times, a binary twin, and a block of 64 kB and more change no answer", async () => {
  for (const name of TRACE_HEADERS) {
    await expectSameAnswers(Array.from({ length: 300 }, (_, index) => [name, `k${index}=${index}`]));
    await expectSameAnswers([[`${name}-bin`, randomBytes(300).toString("base64")]]);
    await expectSameAnswers([[`${name}-bin`, "not base64 \xff"]]);
    await expectSameAnswers([[name, "a=".padEnd(70_000, "b")]]);
    await expectSameAnswers([[name.toUpperCase(), GOOD]]);
  }
  await expectUnharmed();
});

test("whatever bytes come in the headers, every answer is that of an untraced server", async () => {
  const bytes = fc.oneof(
    fc.string({
      unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
      maxLength: 200,
    }),
    fc.uint8Array({ maxLength: 200 }).map((each) => Buffer.from(each).toString("latin1")),
    fc.string({ unit: fc.constantFrom(..."0123456789abcdef-,;=% \t"), maxLength: 300 }),
  );
  const header = fc.tuple(fc.constantFrom(...TRACE_HEADERS, "grpc-previous-rpc-attempts"), bytes);
  await fc.assert(
    fc.asyncProperty(fc.array(header, { minLength: 1, maxLength: 8 }), async (headers) => {
      await expectSameAnswers(headers);
    }),
    { numRuns: 60 },
  );
  await expectUnharmed();
});
