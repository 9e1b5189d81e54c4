import { afterEach, beforeEach, expect, test } from "vitest";
import { startIntake, type TestIntake } from "../../test/harness/intake.ts";
import { Dsn } from "../config/dsn.ts";
import { loadCoreClient, type SentryClient } from "./core-client.ts";

let intake: TestIntake;
let sentry: SentryClient;
beforeEach(async () => {
  intake = await startIntake();
  sentry = await loadCoreClient({
    dsn: Dsn.parse(intake.dsn),
    identity: { serviceName: "test", release: "1", environment: "test" },
    timeoutMs: 3_000,
    untraced: (fn) => fn(),
  });
});
afterEach(async () => {
  await sentry.close();
  await intake.close();
});

/** How long something takes, in milliseconds. */
async function timed(action: () => PromiseLike<unknown>): Promise<number> {
  const from = performance.now();
  await action();
  return performance.now() - from;
}

test("flush waits until events have arrived", async () => {
  sentry.client.captureEvent({ message: "a" });
  expect(await sentry.client.flush(2_000)).toBe(true);
  expect(intake.errors).toHaveLength(1);
});

test.each([0, 100])("flush(%d) waits no longer, though an event waits for its answer", async (limit) => {
  intake.answer = "hang";
  sentry.client.captureEvent({ message: "a" });
  await intake.until(() => intake.requests.length > 0, "the request");
  expect(await timed(() => sentry.client.flush(limit))).toBeLessThan(limit + 100);
});

test("close waits for no answer, and events afterwards go nowhere", async () => {
  intake.answer = "hang";
  for (let i = 0; i < 3; i++) sentry.client.captureEvent({ message: `event ${i}` });
  await intake.until(() => intake.requests.length > 0, "the request");
  expect(await timed(() => sentry.close())).toBeLessThan(200);
  sentry.client.captureEvent({ message: "too late" });
  await sentry.client.flush(200);
  expect(intake.requests).toHaveLength(1);
});
