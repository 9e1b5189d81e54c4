import { type Span, SpanStatusCode, trace } from "@opentelemetry/api";
import { expect, test } from "vitest";
import { withSpan } from "../src/index.ts";
import { once, openCall, serverSpans, untilRpcSpans } from "./harness/calls.ts";
import type { ProbeHandlers } from "./harness/probe.ts";
import { withScene } from "./harness/scene.ts";

/** Everything that an application can do to a span. */
function meddle(span: Span): void {
  span.addEvent("late");
  span.setAttribute("late", true);
  span.setAttributes({ late: true });
  span.setStatus({ code: SpanStatusCode.ERROR, message: "late" });
  span.updateName("late");
  span.recordException(new Error("late"));
  span.addLink({ context: span.spanContext() });
  span.end();
}

test("LIFE-08: a span does not change after its status was sent, and one warning says so", async () => {
  const meddled = once();
  const serverStream: ProbeHandlers["serverStream"] = (call) => {
    const span = trace.getActiveSpan();
    call.on("cancelled", () => {
      for (let index = 0; index < 1_000; index++) if (span !== undefined) meddle(span);
      meddled.resolve();
    });
    call.write({ text: "", count: 1 });
    call.end();
  };
  await withScene({ serverStream }, async ({ client, intake, tracing, lines }) => {
    openCall(client, "serverStream");
    await meddled.promise;
    const { server } = await untilRpcSpans(intake);
    await tracing.forceFlush();
    expect(serverSpans(intake)).toHaveLength(1);
    expect(server[0]).toMatchObject({
      name: "probe.v1.ProbeService/ServerStream",
      status: { code: 0, message: "" },
      events: [],
      links: [],
    });
    expect(server[0]?.attributes).not.toHaveProperty("late");
    expect(lines.filter(({ level }) => level === "warn")).toHaveLength(1);
    expect(tracing.stats().spans.changedAfterEnd).toBe(8_000);
  });
});

test("LIFE-08: a business span that outlives its function is sent as it was", async () => {
  await withScene({}, async ({ intake }) => {
    let kept: Span | undefined;
    withSpan("short", (span) => {
      kept = span;
      span.setAttribute("in.time", true);
    });
    if (kept !== undefined) meddle(kept);
    await intake.until(() => intake.spans.length > 0, "the business span");
    expect(intake.spans).toHaveLength(1);
    expect(intake.spans[0]).toMatchObject({ name: "short", attributes: { "in.time": true }, events: [] });
    expect(intake.spans[0]?.attributes).not.toHaveProperty("late");
  });
});
