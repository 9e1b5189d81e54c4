import { type Span, trace } from "@opentelemetry/api";
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
  await tracing.shutdown();
  await intake.close();
});

/** A query as many database libraries make it: it runs when somebody waits for it. */
function query(seen: (active: Span | undefined) => void): PromiseLike<string> {
  return {
    // biome-ignore lint/suspicious/noThenProperty: that is what it is about
    then(resolve) {
      seen(trace.getActiveSpan());
      return Promise.resolve("row").then(resolve);
    },
  };
}

test.each([
  ["withSpan", (fn: (span: Span) => PromiseLike<string>) => tracing.withSpan("load", fn)],
  [
    "continueTrace",
    (fn: (span: Span) => PromiseLike<string>) => tracing.continueTrace({}, { name: "load" }, fn),
  ],
])(
  "CTX-01: work that begins when it is waited for runs in the span of %s that returns it",
  async (_, run) => {
    let own: Span | undefined;
    let active: Span | undefined;
    const result = run((span) => {
      own = span;
      return query((seen) => {
        active = seen;
      });
    });
    expect(await result).toBe("row");
    expect(active?.spanContext().spanId).toBe(own?.spanContext().spanId);
  },
);

test("CTX-01: a query that fails when it is waited for fails its span", async () => {
  const failing: PromiseLike<string> = {
    // biome-ignore lint/suspicious/noThenProperty: that is what it is about
    then: (_, reject) => Promise.reject(new Error("no table")).then(null, reject),
  };
  await expect(tracing.withSpan("load", () => failing)).rejects.toThrow("no table");
  await tracing.forceFlush();
  expect(intake.spans[0]?.status).toMatchObject({ code: 2, message: "no table" });
});
