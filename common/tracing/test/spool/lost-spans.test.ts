import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { withSpan } from "../../src/index.ts";
import { startIntake, type TestIntake } from "../harness/intake.ts";
import { collectLog, startTestTracing } from "../harness/probe.ts";

let intake: TestIntake;
beforeEach(async () => {
  intake = await startIntake();
});
afterEach(() => intake.close());

interface Discarded {
  readonly reason: string;
  readonly category: string;
  readonly quantity: number;
}

/** What was reported to Sentry as dropped. */
const reported = (): Discarded[] =>
  intake.requests
    .filter(({ body }) => body.includes('"client_report"'))
    .flatMap(({ body }) => JSON.parse(body.toString().split("\n")[2] ?? "{}").discarded_events);

test("Sentry is told of spans that found no room in the queue", async () => {
  intake.answer = { status: 503 };
  const tracing = startTestTracing(intake, {
    TRACE_EXPORT_QUEUE_BYTES: "65536",
    TRACE_EXPORT_BATCH_BYTES: "65536",
  });
  for (let i = 0; i < 500; i++) withSpan(`span ${i}`, (span) => span.setAttribute("text", "x".repeat(500)));
  intake.answer = { status: 200 };
  await tracing.shutdown();
  const dropped = Object.values(tracing.stats().export)[0]?.dropped.queue_full ?? 0;
  expect(dropped).toBeGreaterThan(0);
  expect(reported()).toEqual([{ reason: "queue_overflow", category: "span", quantity: dropped }]);
});

test("what Sentry itself has refused is not reported, what was left out because of its limit is", async () => {
  intake.answer = { status: 429, headers: { "retry-after": "60", "x-sentry-rate-limits": "60:span:key" } };
  const tracing = startTestTracing(intake, { TRACE_EXPORT_INTERVAL_MS: "60000" });
  withSpan("refused", () => {});
  await tracing.forceFlush();
  for (let i = 0; i < 4; i++) withSpan("left out", () => {});
  intake.answer = { status: 200 };
  await tracing.shutdown();
  expect(reported()).toEqual([{ reason: "ratelimit_backoff", category: "span", quantity: 4 }]);
});

test("where nothing is dropped, nothing is reported", async () => {
  const tracing = startTestTracing(intake);
  withSpan("arrives", () => {});
  await tracing.shutdown();
  expect([intake.spans.length, intake.requests.length]).toEqual([1, 1]);
});

test("what is refused of a request from the spool that was taken otherwise counts as refused, and is said", async () => {
  const directory = mkdtempSync(join(tmpdir(), "tracekeep-spool-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const env = { TRACE_SPOOL_DIR: directory, TRACE_EXPORT_INTERVAL_MS: "10" };
  const fail = () => {
    throw new Error("the bank is closed");
  };
  intake.answer = { status: 503 };
  const before = startTestTracing(intake, env);
  for (let i = 0; i < 5; i++) expect(() => withSpan("work", fail)).toThrow();
  await before.shutdown(100);
  const partialSuccess = { rejectedSpans: "3", errorMessage: "too old" };
  intake.answer = { status: 200, body: JSON.stringify({ partialSuccess }) };
  const { lines, logger } = collectLog();
  const after = startTestTracing(intake, env, logger);
  const spool = () => Object.values(after.stats().export)[0]?.spool;
  await vi.waitFor(() => expect(spool()).toMatchObject({ sent: 2, refused: 3 }), { timeout: 10_000 });
  expect(lines.map(({ message }) => message)).toContainEqual(
    expect.stringContaining("not 3 of its spans (too old)"),
  );
  await after.shutdown(100);
});

test.each(["a file", "/proc/nowhere"])(
  "a spool directory that is of no use is said at the start: %s",
  async (kind) => {
    const directory = mkdtempSync(join(tmpdir(), "tracekeep-spool-"));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const file = join(directory, "file");
    writeFileSync(file, "");
    const { lines, logger } = collectLog();
    const tracing = startTestTracing(intake, { TRACE_SPOOL_DIR: kind === "a file" ? file : kind }, logger);
    expect(lines).toContainEqual({
      level: "warn",
      fields: expect.objectContaining({ event: "tracekeep.spool.failed" }),
      message: expect.stringContaining("check TRACE_SPOOL_DIR"),
    });
    await tracing.shutdown(100);
  },
);
