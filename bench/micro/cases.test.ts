import { type Context, isSpanContextValid, trace } from "@opentelemetry/api";
import { afterAll, expect, test } from "vitest";
import { startTracekeep } from "../processes/tracekeep.ts";
import { microCases } from "./cases.ts";

const tracing = startTracekeep();
afterAll(() => tracing.shutdown());
const cases = microCases(tracing);
const run = (name: string): unknown => {
  const found = cases.find((one) => one.name === name);
  if (found === undefined) throw new Error(`There is no case ${name}.`);
  return found.run();
};

test("what is timed does what it says: spans, keeping", () => {
  const { started } = tracing.stats().spans;
  run("begin and end a trace of six spans");
  expect(tracing.stats().spans.started).toBe(started + 6);
  const { traces } = tracing.stats().kept;
  expect(run("begin and end a trace of six spans, and keep it")).toBe(true);
  expect(tracing.stats().kept.traces).toBe(traces + 1);
});

test("what is timed does what it says: headers", () => {
  const span = trace.getSpanContext(run("extract a caller's four headers") as Context);
  expect(span !== undefined && isSpanContextValid(span)).toBe(true);
  const headers = Object.keys(run("inject the headers of the active span") as object);
  expect(headers).toEqual(expect.arrayContaining(["traceparent", "sentry-trace"]));
});

test("what is timed does what it says: bytes, and text without its e-mail address", () => {
  expect(run("encode a span")).toBeInstanceOf(Uint8Array);
  expect((run("encode a span") as Uint8Array).length).toBeGreaterThan(100);
  expect(run("sanitise an error's text with an e-mail address")).not.toContain("jane.doe");
});

test("the record is appended to for longer than it has room", () => {
  for (let count = 0; count < 12_000; count++) run("append a span to the record, with room");
  for (let count = 0; count < 12_000; count++) run("append a span to the record, and evict the oldest");
});

test("every case runs, under a name of its own", () => {
  for (const one of cases) expect(one.run(), one.name).not.toBeNull();
  expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
});
