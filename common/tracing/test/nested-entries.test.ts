import {
  type Context,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  trace,
} from "@opentelemetry/api";
import { expect, test } from "vitest";
import { startIntake } from "./harness/intake.ts";
import { startTestTracing } from "./harness/probe.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const HEADERS = { traceparent: `00-${TRACE}-b7ad6b7169203331-01`, baggage: "customer=joe" };

test("an entry within an entry, as of a queue's next message, takes no baggage of the outer one along", async () => {
  const intake = await startIntake();
  const tracing = startTestTracing(intake);
  const seen = tracing.continueTrace(HEADERS, { name: "outer" }, () => [
    propagation.getBaggage(context.active())?.getEntry("customer")?.value,
    tracing.continueTrace(
      {},
      { name: "inner" },
      () => propagation.getBaggage(context.active())?.getEntry("customer")?.value,
    ),
  ]);
  expect(seen).toEqual(["joe", undefined]);
  await tracing.shutdown();
  await intake.close();
});

test("an entry within an entry of a caller that is not trusted does not link to that caller", async () => {
  const intake = await startIntake();
  const tracing = startTestTracing(intake, { TRACE_TRUST_REMOTE: "none" });
  tracing.continueTrace(HEADERS, { name: "outer" }, () =>
    tracing.continueTrace({}, { name: "inner" }, () => {}),
  );
  await tracing.shutdown();
  const linksOf = (name: string) =>
    intake.spans.find((span) => span.name === name)?.links.map((link) => link.traceId);
  expect([linksOf("outer"), linksOf("inner")]).toEqual([[TRACE], []]);
  await intake.close();
});

test.each([
  ["00", 1],
  ["01", 0],
])(
  "a message that another propagator has read inside of a request with the flag %s keeps its own decision",
  async (outer, inner) => {
    const intake = await startIntake();
    const tracing = startTestTracing(intake);
    const message = { traceId: "1bf7651916cd43dd8448eb211c80319d", spanId: "b7ad6b7169203331" };
    const sent: Record<string, string> = {};
    const headers = {
      traceparent: `00-${TRACE}-b7ad6b7169203331-${outer}`,
      baggage: `sentry-trace_id=${TRACE},sentry-release=outer`,
    };
    tracing.continueTrace(headers, { name: "request" }, () => {
      // As OpenTelemetry's own propagators do it.
      const theirs = trace.setSpanContext(context.active(), {
        ...message,
        traceFlags: inner,
        isRemote: true,
      });
      const span = trace.getTracer("queue").startSpan("process", {}, theirs);
      propagation.inject(trace.setSpan(theirs, span), sent);
      span.end();
    });
    expect(sent["sentry-trace"]).toMatch(new RegExp(`^${message.traceId}-[0-9a-f]{16}-${inner}$`));
    expect(sent.baggage).toContain(`sentry-trace_id=${message.traceId}`);
    expect(sent.baggage).not.toContain("sentry-release=outer");
    await tracing.shutdown();
    await intake.close();
  },
);

test.each<[string, (theirs: Context) => Context]>([
  ["span", (theirs) => trace.setSpan(theirs, trace.getSpan(theirs) as Span)],
  ["span context", (theirs) => trace.setSpanContext(theirs, trace.getSpanContext(theirs) as SpanContext)],
])("a caller's own %s that is set again costs nothing of what its headers said", async (_what, again) => {
  const intake = await startIntake();
  const tracing = startTestTracing(intake);
  const headers = {
    "sentry-trace": `${TRACE}-b7ad6b7169203331`,
    baggage: `sentry-trace_id=${TRACE},sentry-release=theirs`,
  };
  const sent: Record<string, string> = {};
  propagation.inject(again(propagation.extract(ROOT_CONTEXT, headers)), sent);
  expect(sent).toEqual(headers);
  await tracing.shutdown();
  await intake.close();
});

test("another remote span in a caller's place has nothing of what the caller's headers said", async () => {
  const intake = await startIntake();
  const tracing = startTestTracing(intake);
  const headers = {
    traceparent: `00-${TRACE}-b7ad6b7169203331-00`,
    baggage: `sentry-trace_id=${TRACE},sentry-release=theirs`,
  };
  const other = { traceId: "1bf7651916cd43dd8448eb211c80319d", spanId: "b7ad6b7169203331", traceFlags: 1 };
  const sent: Record<string, string> = {};
  const theirs = propagation.extract(ROOT_CONTEXT, headers);
  propagation.inject(trace.setSpanContext(theirs, { ...other, isRemote: true }), sent);
  expect(sent["sentry-trace"]).toBe(`${other.traceId}-${other.spanId}-1`);
  expect(sent.baggage ?? "").not.toContain("sentry-release=theirs");
  await tracing.shutdown();
  await intake.close();
});
