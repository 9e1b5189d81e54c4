import { afterAll, beforeAll, expect, test } from "vitest";
import { loadTracingConfig, startTracing, type Tracing } from "../src/index.ts";
import { startIntake, type TestIntake } from "./harness/intake.ts";
import { probeClient, serveProbe, startTestTracing } from "./harness/probe.ts";
import { callUnary, metadataOf, serveWire, type WireServer } from "./harness/wire.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";
const OTHER = "1bf7651916cd43dd8448eb211c80319d";

let intake: TestIntake;
let wire: WireServer;
beforeAll(async () => {
  intake = await startIntake();
  wire = await serveWire();
});
afterAll(async () => {
  wire.stop();
  await intake.close();
});

/** What a service with this rate sends below when it is called with these headers. */
async function passOn(settings: Record<string, string>, headers: Record<string, string>) {
  const tracing = startTestTracing(intake, settings);
  const below = probeClient(tracing, wire.address);
  const probe = await serveProbe(tracing, {
    async unary(_call, callback) {
      callback(null, await callUnary(below));
    },
  });
  const outside = probeClient(undefined, probe.address);
  try {
    const { count } = await callUnary(outside, { metadata: metadataOf(headers) });
    return wire.headers(count);
  } finally {
    outside.close();
    below.close();
    probe.stop();
    await tracing.shutdown();
  }
}

const OPEN = undefined;
const CASES: readonly [string | undefined, string | undefined, boolean | undefined][] = [
  // traceparent counts first, whatever sentry-trace says.
  ["01", "-1", true],
  ["01", "-0", true],
  ["01", "", true],
  ["01", undefined, true],
  ["00", "-1", false],
  ["00", "-0", false],
  ["00", "", false],
  ["00", undefined, false],
  // Without it sentry-trace counts; without a flag nobody has decided yet.
  [undefined, "-1", true],
  [undefined, "-0", false],
  [undefined, "", OPEN],
  [undefined, undefined, OPEN],
];

test.each(CASES)(
  "SAMP-08: traceparent %s and sentry-trace %s: sampled is %s",
  async (flags, sentryFlag, decided) => {
    const headers = {
      ...(flags === undefined ? {} : { traceparent: `00-${TRACE}-${SPAN}-${flags}` }),
      ...(sentryFlag === undefined
        ? {}
        : { "sentry-trace": `${flags === undefined ? TRACE : OTHER}-${SPAN}${sentryFlag}` }),
      baggage: `sentry-trace_id=${TRACE},sentry-sample_rate=0.25`,
    };
    for (const rate of ["0", "1"]) {
      const sent = await passOn({ TRACE_SAMPLE_RATE: rate }, headers);
      const sampled = decided ?? rate === "1";
      expect(sent).toMatchObject({ traceFlags: sampled ? "01" : "00", sentryFlag: sampled ? "1" : "0" });
      if (flags !== undefined || sentryFlag !== undefined) expect(sent.traceId).toBe(TRACE);
    }
  },
);

test("SAMP-08: a method that makes no spans passes an open decision on as open", async () => {
  const settings = { TRACE_METHOD_RULES: "probe.v1.*/*=never", TRACE_SAMPLE_RATE: "1" };
  const open = await passOn(settings, { "sentry-trace": `${TRACE}-${SPAN}` });
  expect(open).toMatchObject({ traceId: TRACE, spanId: SPAN, traceFlags: undefined, sentryFlag: undefined });
  const no = await passOn(settings, { "sentry-trace": `${TRACE}-${SPAN}-0` });
  expect(no).toMatchObject({ traceId: TRACE, spanId: SPAN, traceFlags: "00", sentryFlag: "0" });
});

test("SAMP-08: the failure of a trace that is not sampled is still an error in Sentry, linked to it", async () => {
  const tracing: Tracing = startTestTracing(intake, { TRACE_SAMPLE_RATE: "0" });
  const probe = await serveProbe(tracing, {
    unary: (_call, callback) => callback({ code: 13, details: "broken" }),
  });
  const client = probeClient(undefined, probe.address);
  const known = intake.errors.length;
  await expect(
    callUnary(client, { metadata: metadataOf({ traceparent: `00-${TRACE}-${SPAN}-00` }) }),
  ).rejects.toMatchObject({ code: 13 });
  await intake.until(() => intake.errors.length > known, "the error event");
  expect(intake.errors[known]?.contexts.trace.trace_id).toBe(TRACE);
  expect(tracing.stats().spans.sampled).toBe(0);
  client.close();
  probe.stop();
  await tracing.shutdown();
});

test.each(["-1", "2", "NaN", "Infinity", "1%", "0,01"])(
  "SAMP-06: rate %s is refused at the start",
  (rate) => {
    expect(() => startTestTracing(intake, { TRACE_SAMPLE_RATE: rate })).toThrow("TRACE_SAMPLE_RATE");
  },
);

test.each([-1, 2, Number.NaN, Number.POSITIVE_INFINITY, "1%" as unknown as number])(
  "SAMP-06: rate %s put into the configuration by hand is refused, too",
  (sampleRate) => {
    const config = loadTracingConfig({ env: {}, cwd: "/" });
    expect(() => startTracing({ ...config, sampleRate })).toThrow("from 0 to 1");
  },
);
