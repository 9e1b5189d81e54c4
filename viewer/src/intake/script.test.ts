import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PROTOBUF, post, SENTRY_PATH, SPAN_BODY } from "../testing/post.ts";
import type { Intake } from "./intake.ts";
import { startIntake } from "./start.ts";

let intake: Intake;
beforeEach(async () => {
  intake = await startIntake({ keys: ["abc"], keepRequests: true });
});
afterEach(() => intake.close());

describe("made-up answers", () => {
  it("replace the next ones, in order, and store nothing", async () => {
    intake.answerNext(503);
    intake.answerNext(429, { "retry-after": "7" }, "slow down");
    expect((await post(intake, SENTRY_PATH, SPAN_BODY)).status).toBe(503);
    const second = await post(intake, SENTRY_PATH, SPAN_BODY);
    expect([second.status, second.headers.get("retry-after"), await second.text()]).toEqual([
      429,
      "7",
      "slow down",
    ]);
    expect(intake.traces()).toEqual([]);
    expect((await post(intake, SENTRY_PATH, SPAN_BODY)).status).toBe(200);
    expect(intake.requests).toHaveLength(3);
  });

  it("can depend on the request, and be ended", async () => {
    intake.answerAll(({ path }) => (path.startsWith("/api") ? { status: 500 } : undefined));
    expect((await post(intake, SENTRY_PATH, SPAN_BODY)).status).toBe(500);
    expect((await post(intake, "/v1/traces", SPAN_BODY)).status).toBe(200);
    intake.answerAll(undefined);
    expect((await post(intake, SENTRY_PATH, SPAN_BODY)).status).toBe(200);
  });

  it("can be none at all", async () => {
    intake.hang();
    const cut = new AbortController();
    const hanging = fetch(`${intake.url}/v1/traces`, {
      method: "POST",
      body: new Uint8Array(SPAN_BODY),
      headers: PROTOBUF,
      signal: cut.signal,
    });
    const failed = expect(hanging).rejects.toThrow();
    // Another request is answered while the first one hangs.
    await expect.poll(() => intake.requests.length).toBe(1);
    expect((await post(intake, SENTRY_PATH, SPAN_BODY)).status).toBe(200);
    cut.abort();
    await failed;
  });
});
