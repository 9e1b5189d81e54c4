import { trace } from "@opentelemetry/api";
import { expect, onTestFinished, test } from "vitest";
import { continueTrace, withSpan } from "../src/index.ts";
import { openCall } from "./harness/calls.ts";
import { startIntake } from "./harness/intake.ts";
import { collectLog, type ProbeHandlers, probeClient, startTestTracing } from "./harness/probe.ts";
import { type Scene, withScene } from "./harness/scene.ts";

class BalanceError extends Error {
  override readonly name = "BalanceError";
}

const fail = (): never => {
  throw new BalanceError("the balance is negative");
};

test("ERR-02: an exception that leaves all business spans is one event, of the span that it was thrown in", () =>
  withScene({}, async ({ intake, tracing }) => {
    const run = (): Promise<unknown> =>
      withSpan("job", async () => withSpan("step", async () => withSpan("post the entry", fail)));
    await expect(run()).rejects.toBeInstanceOf(BalanceError);
    await tracing.forceFlush();
    expect(intake.errors).toHaveLength(1);
    const innermost = intake.spans.find(({ name }) => name === "post the entry");
    const [event] = intake.errors;
    expect(event?.contexts.trace).toMatchObject({ trace_id: innermost?.traceId, span_id: innermost?.spanId });
    expect(event?.exception.values[0]).toMatchObject({
      type: "BalanceError",
      value: "the balance is negative",
    });
    expect(JSON.stringify(event?.exception.values[0]?.stacktrace)).toContain("error-events.test.ts");
    expect(intake.spans.map((span) => span.status.code)).toEqual([2, 2, 2]);
  }));

test("ERR-02: an exception that a business span's caller deals with makes no event", () =>
  withScene({}, async ({ intake, tracing }) => {
    await withSpan("job", async () => {
      expect(() => withSpan("step", fail)).toThrow(BalanceError);
    });
    await tracing.forceFlush();
    expect(intake.errors).toEqual([]);
    expect(intake.spans.find(({ name }) => name === "step")?.status.code).toBe(2);
    expect(intake.spans.find(({ name }) => name === "job")?.status.code).toBe(0);
  }));

test("ERR-02: a failed entry that is not gRPC is one event in the trace of its caller", () =>
  withScene({}, async ({ intake, tracing }) => {
    const traceId = "0af7651916cd43dd8448eb211c80319c";
    const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-01` };
    expect(() => continueTrace(headers, { name: "POST /accounts" }, fail)).toThrow(BalanceError);
    await tracing.forceFlush();
    expect(intake.errors).toHaveLength(1);
    expect(intake.errors[0]?.contexts.trace).toMatchObject({
      trace_id: traceId,
      span_id: intake.spans[0]?.spanId,
    });
    expect(intake.errors[0]?.tags).toMatchObject({ service: "probe" });
  }));

test("ERR-02: a failure in a trace that was not sampled makes its event, and its span arrives", () =>
  withScene(
    {},
    async ({ intake, tracing }) => {
      let ids = {};
      const run = (): unknown =>
        withSpan("job", (span) => {
          ids = { trace_id: span.spanContext().traceId, span_id: span.spanContext().spanId };
          expect(span.spanContext().traceFlags).toBe(0);
          fail();
        });
      expect(run).toThrow(BalanceError);
      await tracing.forceFlush();
      expect(intake.errors.map((event) => event.contexts.trace)).toEqual([expect.objectContaining(ids)]);
      expect(intake.spans).toMatchObject([
        { name: "job", attributes: { "tracekeep.keep.reason": "error", "sentry.client_sample_rate": 1 } },
      ]);
    },
    { env: { TRACE_SAMPLE_RATE: "0" } },
  ));

test("ERR-02: an exception thrown in a handler is linked to its server span", async () => {
  let spanId: string | undefined;
  const unary: ProbeHandlers["unary"] = () => {
    spanId = trace.getActiveSpan()?.spanContext().spanId;
    fail();
  };
  await withScene({ unary }, async ({ client, intake, tracing }) => {
    await openCall(client, "unary").status;
    await tracing.forceFlush();
    expect(intake.errors.map((event) => event.contexts.trace.span_id)).toEqual([spanId]);
  });
});

/** The calls below give up together with their entry, or a moment before. */
test.for([0, 30])(
  "ERR-02: a deadline that ends several calls at once is one event, %i ms ahead",
  async (aheadMs) => {
    let scene: Scene | undefined;
    const unary: ProbeHandlers["unary"] = (call) => {
      if (call.request.text !== "fan out") return;
      const deadline = Number(call.getDeadline()) - aheadMs;
      for (let index = 0; index < 3; index++)
        if (scene !== undefined) openCall(scene.client, "unary", { options: { deadline } });
    };
    await withScene({ unary }, async (set) => {
      scene = set;
      const { intake, tracing, address } = set;
      const outside = probeClient(undefined, address);
      await openCall(outside, "unary", { text: "fan out", options: { deadline: Date.now() + 300 } }).status;
      outside.close();
      await intake.until(() => intake.spans.length >= 7, "both sides of three calls, and their entry");
      await tracing.forceFlush();
      expect(intake.spans.map((span) => span.attributes["rpc.status_code"])).toEqual(
        Array.from({ length: 7 }, () => "DEADLINE_EXCEEDED"),
      );
      expect(intake.errors.map(({ tags }) => tags["rpc.status_code"])).toEqual(["DEADLINE_EXCEEDED"]);
    });
  },
);

test("ERR-02: two requests that fail are two events", async () => {
  const unary: ProbeHandlers["unary"] = () => fail();
  await withScene({ unary }, async ({ client, intake, tracing }) => {
    await Promise.all([openCall(client, "unary").status, openCall(client, "unary").status]);
    await tracing.forceFlush();
    expect(intake.errors).toHaveLength(2);
    expect(new Set(intake.errors.map((event) => event.contexts.trace.trace_id)).size).toBe(2);
  });
});

test.each([
  ["from the start", "half \ud83d a character"],
  ["by the cut", `${"x".repeat(1_023)}😀 and more`],
])("half a character in a message, %s, does not make the event unreadable", (_, message) =>
  withScene({}, async ({ intake, tracing }) => {
    expect(() =>
      withSpan("job", () => {
        throw new Error(message);
      }),
    ).toThrow();
    await tracing.forceFlush();
    const envelope = intake.requests.find(({ path }) => path.includes("/envelope/"));
    // Sentry's parser (serde_json) refuses the whole event for one such escape.
    expect(String(envelope?.body)).not.toMatch(/\\ud[89a-f]/i);
    expect(intake.errors).toHaveLength(1);
  }),
);

test("while Sentry has asked for silence, one line says that failures become no issues", async () => {
  const intake = await startIntake();
  onTestFinished(() => intake.close());
  intake.answer = { status: 429, headers: { "retry-after": "60" } };
  const { lines, logger } = collectLog();
  const tracing = startTestTracing(intake, {}, logger);
  expect(() => withSpan("the first", fail)).toThrow();
  await expect.poll(() => tracing.stats().errors.failed).toBe(1);
  for (let count = 0; count < 3; count++) expect(() => withSpan("others", fail)).toThrow();
  expect(tracing.stats().errors.held).toBe(3);
  const held = lines.filter(
    ({ fields }) => "event" in fields && fields.event === "tracekeep.error_event.held",
  );
  expect(held).toEqual([
    { level: "warn", fields: expect.anything(), message: "A failure has become no Sentry issue." },
  ]);
  await tracing.shutdown(100);
});
