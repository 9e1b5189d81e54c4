import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { collectLog } from "../../test/harness/probe.ts";
import { ExportLog } from "./export-log.ts";
import type { Posted } from "./wire.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date", "performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

const posted: Posted = {
  outcome: { kind: "retry", reason: "503" },
  answer: undefined,
  fault: "503",
  bytes: 1,
  seconds: 0,
};

test("every outage that the log tells of has an end in it, also one whose first line was held back", () => {
  const { lines, logger } = collectLog();
  const log = new ExportLog("sentry test", logger);
  const fails = (wasDown: boolean) => log.retried(posted, "503", 1, 1_000, wasDown);
  fails(false);
  vi.advanceTimersByTime(3_000);
  log.up();
  // The second one within a minute of the first.
  vi.advanceTimersByTime(7_000);
  fails(false);
  vi.advanceTimersByTime(60_000);
  fails(true);
  vi.advanceTimersByTime(5_000);
  log.up();
  const events = lines.filter(({ level }) => level !== "debug").map(({ fields }) => fields);
  expect(events).toMatchObject([
    { event: "tracekeep.destination.down" },
    { event: "tracekeep.destination.up", downSeconds: 3 },
    { event: "tracekeep.export.failed", repeated: 1 },
    { event: "tracekeep.destination.up", downSeconds: 65 },
  ]);
});

test("an outage that the log has not told of does not end in it", () => {
  const { lines, logger } = collectLog();
  const log = new ExportLog("sentry test", logger);
  for (let outage = 0; outage < 2; outage++) {
    log.retried(posted, "503", 1, 1_000, false);
    vi.advanceTimersByTime(1_000);
    log.up();
  }
  expect(lines.filter(({ level }) => level === "info")).toHaveLength(1);
});
