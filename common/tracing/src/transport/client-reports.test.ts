import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startIntake, type TestIntake } from "../../test/harness/intake.ts";
import { ClientReports } from "./client-reports.ts";
import { envelopeTarget } from "./envelope.ts";
import { createHttpSender } from "./http-sender.ts";

let intake: TestIntake;
let opened: ClientReports[] = [];
beforeEach(async () => {
  intake = await startIntake();
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});
afterEach(async () => {
  vi.useRealTimers();
  for (const reports of opened) await reports.shutdown(0);
  opened = [];
  await intake.close();
});

function start(transactions = false): ClientReports {
  const target = envelopeTarget({
    protocol: "http:",
    host: `127.0.0.1:${intake.port}`,
    path: "",
    projectId: "42",
    publicKey: "publickey",
  });
  const reports = new ClientReports({
    sender: createHttpSender({ ...target, timeoutMs: 2_000 }),
    transactions,
  });
  opened.push(reports);
  return reports;
}

const arrived = () =>
  intake.requests.map(({ path, body }) => {
    const [, item = "", payload = ""] = body.toString().split("\n");
    return { path, type: JSON.parse(item).type, discarded: JSON.parse(payload).discarded_events };
  });

test("what was dropped is reported in one envelope, by reason", async () => {
  const reports = start();
  reports.record("queue_overflow", { spans: 2, items: 2 });
  reports.record("queue_overflow", { spans: 3, items: 3 });
  reports.record("ratelimit_backoff", { spans: 1, items: 1 });
  await reports.flush();
  expect(arrived()).toEqual([
    {
      path: "/api/42/envelope/",
      type: "client_report",
      discarded: [
        { reason: "queue_overflow", category: "span", quantity: 5 },
        { reason: "ratelimit_backoff", category: "span", quantity: 1 },
      ],
    },
  ]);
  await reports.flush();
  expect(intake.requests).toHaveLength(1);
});

test("where spans travel in transactions, these are counted, too", async () => {
  const reports = start(true);
  reports.record("queue_overflow", { spans: 12, items: 1 });
  await reports.flush();
  expect(arrived()[0]?.discarded).toEqual([
    { reason: "queue_overflow", category: "span", quantity: 12 },
    { reason: "queue_overflow", category: "transaction", quantity: 1 },
  ]);
});

test("unasked, a report is sent once in 30 seconds", async () => {
  const reports = start();
  for (let second = 0; second < 59; second++) {
    reports.record("send_error", { spans: 1, items: 1 });
    vi.advanceTimersByTime(1_000);
  }
  await intake.until(() => intake.requests.length > 0, "a report");
  expect(arrived().map(({ discarded }) => discarded[0].quantity)).toEqual([30]);
});

test("what could not be sent goes with the next report, but not for ever", async () => {
  intake.answer = { status: 503 };
  const reports = start();
  reports.record("queue_overflow", { spans: 7, items: 7 });
  await reports.flush();
  intake.answer = { status: 200 };
  await reports.flush();
  expect(arrived().map(({ discarded }) => discarded[0].quantity)).toEqual([7, 7]);
  intake.answer = { status: 503 };
  reports.record("queue_overflow", { spans: 7, items: 7 });
  for (let i = 0; i < 10; i++) await reports.flush();
  expect(intake.requests).toHaveLength(5);
});

test("shutdown sends the last report, and leaves nothing running", async () => {
  vi.useRealTimers();
  const reports = start();
  reports.record("queue_overflow", { spans: 1, items: 1 });
  await reports.shutdown(2_000);
  expect(intake.requests).toHaveLength(1);
  reports.record("queue_overflow", { spans: 1, items: 1 });
  await reports.flush();
  expect(intake.requests).toHaveLength(1);
});
