import { trace } from "@opentelemetry/api";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Tracing } from "../src/index.ts";
import { startIntake, type TestIntake } from "./harness/intake.ts";
import { startTestTracing } from "./harness/probe.ts";

let intake: TestIntake;
let tracing: Tracing;
beforeEach(async () => {
  intake = await startIntake();
  tracing = startTestTracing(intake);
});
afterEach(async () => {
  await tracing.shutdown(500);
  await intake.close();
});

const spanNow = () => trace.getActiveSpan()?.spanContext().spanId;

test("CTX-02: a generator's work is in its span, which ends with it", async () => {
  let own: string | undefined;
  const pages = tracing.withSpan("pages", async function* (span) {
    own = span.spanContext().spanId;
    yield spanNow();
    await new Promise((resolve) => setTimeout(resolve, 20));
    yield spanNow();
  });
  const seen = [];
  for await (const page of pages) seen.push(page);
  expect(seen).toEqual([own, own]);
  await tracing.forceFlush();
  const [span] = intake.spans;
  expect((span?.end ?? 0) - (span?.start ?? 0)).toBeGreaterThan(15_000);
});

test("CTX-02: a generator that is left early ends its span", async () => {
  const numbers = tracing.withSpan("numbers", function* () {
    yield 1;
    yield 2;
  });
  for (const _ of numbers) break;
  expect(tracing.stats().spans.open).toBe(0);
});

test("CTX-02: what a generator throws is its span's failure", async () => {
  const pages = tracing.withSpan("pages", async function* () {
    yield 1;
    throw new RangeError("no page 2");
  });
  const all = async () => {
    for await (const _ of pages);
  };
  await expect(all()).rejects.toThrow("no page 2");
  await tracing.forceFlush();
  expect(intake.spans[0]?.status).toMatchObject({ code: 2, message: "no page 2" });
});

test("what throws when it is looked at is handed back, and its span has ended", () => {
  const strict = new Proxy(
    {},
    {
      get(_target, key) {
        if (key === "then") return undefined;
        throw new Error("not to be touched");
      },
    },
  );
  expect(tracing.withSpan("strict", () => strict) === strict).toBe(true);
  expect(tracing.stats().spans.open).toBe(0);
});
