import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startIntake, type TestIntake } from "../../test/harness/intake.ts";
import { collectLog } from "../../test/harness/probe.ts";
import { Dsn } from "../config/dsn.ts";
import { EventSender, type EventSenderOptions } from "./event-sender.ts";
import type { Failure } from "./failure.ts";
import { toSentryEvent } from "./sentry-event.ts";
import { parseStack } from "./stack-frames.ts";

let intake: TestIntake;
let sender: EventSender<Failure>;
beforeEach(async () => {
  intake = await startIntake();
  sender = new EventSender(options());
});
afterEach(async () => {
  await sender.close();
  await intake.close();
});

const options = (): EventSenderOptions<Failure> => ({
  project: Dsn.parse(intake.dsn),
  timeoutMs: 3_000,
  untraced: (fn) => fn(),
  logger: collectLog().logger,
  toEvent: (failure) =>
    toSentryEvent(failure, { serviceName: "test", release: "1", environment: "test" }, parseStack),
});

function failure(message: string): Failure {
  return {
    keepId: "0af7651916cd43dd8448eb211c80319c",
    traceId: "0af7651916cd43dd8448eb211c80319c",
    spanId: "b7ad6b7169203331",
    parentSpanId: undefined,
    exception: { type: "Error", message, stack: undefined },
    method: "test.Service/Call",
    code: "INTERNAL",
  };
}

/** How long something takes, in milliseconds. */
async function timed(action: () => PromiseLike<unknown>): Promise<number> {
  const from = performance.now();
  await action();
  return performance.now() - from;
}

test("flush waits until events have arrived, more of them than are sent at a time", async () => {
  for (let i = 0; i < 30; i++) expect(sender.send(failure(`event ${i}`))).toBe(true);
  await sender.flush(2_000);
  expect(new Set(intake.errors.map(({ exception }) => exception.values[0]?.value)).size).toBe(30);
  expect(sender.stats()).toEqual({ sent: 30, lost: 0 });
});

test("an event that comes while the last free place is being left is sent by itself", async () => {
  const answer = { status: 200, headers: {}, body: Buffer.from("{}") };
  // One of these turns lies between its look for a further event and its end.
  for (let turns = 0; turns < 12; turns++) {
    let posts = 0;
    const crowded: EventSender<Failure> = new EventSender({ ...options(), untraced: post as never });
    function post(): Promise<unknown> {
      posts++;
      if (posts < 8) return new Promise(() => {});
      let then = Promise.resolve<unknown>(answer);
      const answered = then;
      if (posts > 8) return answered;
      for (let turn = 0; turn < turns; turn++) then = then.then(() => {});
      void then.then(() => crowded.send(failure("late")));
      return answered;
    }
    for (let i = 0; i < 8; i++) crowded.send(failure("early"));
    await vi.waitFor(() => expect(posts, `after ${turns} turns`).toBe(9), 1_000);
    await crowded.close();
  }
});

test.each([0, 100])("flush(%d) waits no longer, though an event waits for its answer", async (limit) => {
  intake.answer = "hang";
  sender.send(failure("a"));
  await intake.until(() => intake.requests.length > 0, "the request");
  expect(await timed(() => sender.flush(limit))).toBeLessThan(limit + 100);
});

test("close waits for no answer, and events afterwards go nowhere", async () => {
  intake.answer = "hang";
  for (let i = 0; i < 3; i++) sender.send(failure(`event ${i}`));
  await intake.until(() => intake.requests.length === 3, "the requests");
  expect(await timed(() => sender.close())).toBeLessThan(200);
  expect(sender.send(failure("too late"))).toBe(false);
  await sender.flush(200);
  expect(intake.requests).toHaveLength(3);
});

test("eight at a time are under way; those that wait are lost at the close, and counted", async () => {
  intake.answer = "hang";
  for (let i = 0; i < 20; i++) sender.send(failure(`event ${i}`));
  await intake.until(() => intake.requests.length === 8, "eight requests");
  await sender.close();
  await sender.flush(1_000);
  expect(intake.requests).toHaveLength(8);
  expect(sender.stats()).toEqual({ sent: 0, lost: 20 });
});

test("when Sentry asks for silence, those that wait are given up", async () => {
  intake.answer = { status: 429, headers: { "retry-after": "60" } };
  for (let i = 0; i < 40; i++) sender.send(failure(`event ${i}`));
  await sender.flush(2_000);
  expect(intake.requests.length).toBeLessThan(20);
  expect(sender.stats()).toEqual({ sent: 0, lost: 40 });
});

test("an event has the time at which it happened, however long it waited", async () => {
  intake.answer = "hang";
  const slow = new EventSender<Failure>({ ...options(), timeoutMs: 1_000 });
  for (let i = 0; i < 8; i++) slow.send(failure("holds the line up"));
  const before = Date.now() / 1_000;
  slow.send(failure("waits"));
  const after = Date.now() / 1_000;
  await intake.until(() => intake.requests.length === 8, "eight requests");
  intake.answer = { status: 200 };
  await slow.flush(5_000);
  await slow.close();
  const { timestamp } = intake.errors[0] as unknown as { timestamp: number };
  expect(timestamp).toBeGreaterThanOrEqual(before);
  expect(timestamp).toBeLessThanOrEqual(after);
});

test("an event that finds nobody is lost, and counted", async () => {
  await intake.close();
  sender.send(failure("a"));
  await sender.flush(2_000);
  expect(sender.stats()).toEqual({ sent: 0, lost: 1 });
});

test("events that wait are bounded", async () => {
  intake.answer = "hang";
  let taken = 0;
  while (sender.send(failure("a")) && taken < 10_000) taken++;
  expect(taken).toBe(1_000);
});

test.each([
  ["a limit for errors", { "x-sentry-rate-limits": "60:error:organization" }, false],
  ["a limit for all", { "x-sentry-rate-limits": "60::organization" }, false],
  ["a limit for spans", { "x-sentry-rate-limits": "60:span:organization" }, true],
  ["a pause", { "retry-after": "60" }, false],
  ["nothing said", {}, false],
])("after a 429 with %s (%o) the next event is sent: %s", async (_, headers, goesOut) => {
  intake.answer = { status: 429, headers };
  sender.send(failure("first"));
  await sender.flush(2_000);
  intake.answer = { status: 200 };
  expect(sender.send(failure("second"))).toBe(goesOut);
  await sender.flush(2_000);
  expect(intake.errors).toHaveLength(goesOut ? 1 : 0);
});

test("a wall clock that is set back makes the silence no longer", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  intake.answer = { status: 429, headers: { "retry-after": "0.3" } };
  sender.send(failure("first"));
  await sender.flush(2_000);
  expect(sender.send(failure("second"))).toBe(false);
  vi.setSystemTime(Date.now() - 3_600_000);
  await vi.waitFor(() => expect(sender.send(failure("third"))).toBe(true), 5_000);
  vi.useRealTimers();
});

test("the envelope's header names the trace, too", async () => {
  sender.send(failure("a"));
  await sender.flush(2_000);
  const [header] = String(intake.requests[0]?.body).split("\n");
  expect(JSON.parse(header ?? "")).toMatchObject({
    trace: { trace_id: "0af7651916cd43dd8448eb211c80319c", release: "1", environment: "test" },
  });
});
