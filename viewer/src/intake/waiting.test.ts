import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { encodeOfficial, payloadOf } from "../testing/official.ts";
import { post, SENTRY_PATH, SPAN_BODY, TRACE_ID as traceId } from "../testing/post.ts";
import type { Intake } from "./intake.ts";
import { startIntake } from "./start.ts";

let intake: Intake;
beforeEach(async () => {
  intake = await startIntake({ keys: ["abc"], keepRequests: true });
});
afterEach(() => intake.close());

describe("waitForTrace", () => {
  it("resolves when the trace is as wanted", async () => {
    const waiting = intake.waitForTrace(traceId, (trace) => trace.nodes.length === 2);
    await post(intake, SENTRY_PATH, SPAN_BODY);
    await post(intake, SENTRY_PATH, encodeOfficial(payloadOf(traceId, "00f067aa0ba902b7")));
    expect((await waiting).nodes).toHaveLength(2);
    expect((await intake.waitForTrace(traceId)).traceId).toBe(traceId);
  });

  it("says what has come when it gives up", async () => {
    await post(intake, SENTRY_PATH, SPAN_BODY);
    const waiting = intake.waitForTrace(traceId, () => false, { timeoutMs: 10 });
    await expect(waiting).rejects.toThrow(
      /within 10 ms; these spans have:\n {2}shop: GET \/things \(server\)/,
    );
  });

  it("is one case of waiting for anything that was received", async () => {
    const waiting = intake.waitUntil(() => intake.stats().spans === 1);
    await post(intake, SENTRY_PATH, SPAN_BODY);
    await waiting;
    await expect(intake.waitUntil(() => false, { timeoutMs: 5 })).rejects.toThrow(/within 5 ms/);
  });

  it("rejects when the intake closes", async () => {
    const waiting = intake.waitForTrace(traceId);
    const rejected = expect(waiting).rejects.toThrow(/closed/);
    await intake.close();
    await rejected;
    await expect(intake.waitForTrace(traceId)).rejects.toThrow(/closed/);
  });
});
