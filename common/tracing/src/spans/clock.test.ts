import { SpanKind, type TimeInput } from "@opentelemetry/api";
import { afterEach, expect, test, vi } from "vitest";
import { createSanitizer } from "../sanitize/index.ts";
import { createSystemClock } from "./clock.ts";
import { LocalTrace } from "./local-trace.ts";
import { RecordedSpan } from "./span.ts";

afterEach(() => vi.useRealTimers());

function startSpan(clock = createSystemClock(), startTime?: TimeInput): RecordedSpan {
  const environment = {
    clock,
    sanitizer: createSanitizer({ keys: [], patterns: [], valueLength: 100 }),
    limits: { attributes: 10, events: 10 },
    isOpen: () => true,
    entered() {},
    started() {},
    ended() {},
    changedAfterEnd() {},
  };
  const start = { name: "x", kind: SpanKind.INTERNAL, parentSpanId: undefined, isLocalRoot: true, startTime };
  const trace = new LocalTrace({
    traceId: "0af7651916cd43dd8448eb211c80319c",
    sampled: true,
    probability: 1,
  });
  return new RecordedSpan({ ...start, trace, scope: { name: "t", version: "1" } }, environment);
}

test("the wall clock is true to a millisecond or two", () => {
  expect(Math.abs(createSystemClock().wall() / 1_000 - Date.now())).toBeLessThan(4);
});

test.each([-3_600_000, 30_000])(
  "a wall clock that is set by %d ms changes no duration, and later spans follow it",
  (step) => {
    vi.useFakeTimers({ toFake: ["Date", "performance"] });
    const clock = createSystemClock();
    const open = startSpan(clock);
    vi.advanceTimersByTime(1_500);
    vi.setSystemTime(Date.now() + step);
    const later = startSpan(clock);
    vi.advanceTimersByTime(500);
    open.end();
    later.end();
    expect(((open.endTime ?? 0) - open.startTime) / 1_000).toBeCloseTo(2_000, 0);
    expect(((later.endTime ?? 0) - later.startTime) / 1_000).toBeCloseTo(500, 0);
    expect(Math.abs(later.startTime / 1_000 - (Date.now() - 500))).toBeLessThan(3);
  },
);

test.each([
  ["an invalid Date", new Date("no")],
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["a negative time", -1e15],
  ["a time that 64 bits cannot hold", 1e300],
  ["a text", "abc" as unknown as number],
  ["null", null as unknown as number],
  ["a pair of nothing", [Number.NaN, 0] as [number, number]],
])("%s is no time: the clock counts", (_, time) => {
  const tooLate = startSpan();
  tooLate.addEvent("e", {}, time);
  tooLate.end(time);
  expect(((tooLate.endTime ?? 0) - tooLate.startTime) / 1_000).toBeLessThan(1_000);
  expect(Math.abs((tooLate.events[0]?.time ?? 0) / 1_000 - Date.now())).toBeLessThan(1_000);
  const started = startSpan(createSystemClock(), time);
  started.end();
  expect(Math.abs(started.startTime / 1_000 - Date.now())).toBeLessThan(1_000);
  expect((started.endTime ?? 0) - started.startTime).toBeLessThan(1e6);
});
