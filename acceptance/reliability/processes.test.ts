import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { startIntake } from "../../common/tracing/test/harness/intake.ts";
import { runNode } from "../../common/tracing/test/harness/run-node.ts";

const PROGRAM = fileURLToPath(new URL("./harness/units.ts", import.meta.url));
const UNITS = 3;
const SPANS = 200;

const range = (length: number) => Array.from({ length }, (_, index) => index);

test.each([
  ["worker", "shutdown"],
  ["worker", "natural"],
  ["cluster", "shutdown"],
  ["cluster", "natural"],
  ["fork", "shutdown"],
  ["fork", "natural"],
] as const)(
  "%s, %s end: every span of each arrives once, with the instance of the right one",
  async (kind, ending) => {
    const intake = await startIntake();
    onTestFinished(() => intake.close());
    const { code, stderr } = await runNode(PROGRAM, {
      args: [kind, ending],
      env: { SENTRY_DSN: intake.dsn, TRACE_SAMPLE_RATE: "1" },
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });

    const spans = intake.spans.filter(({ name }) => name === "span");
    const units = Map.groupBy(
      spans,
      ({ attributes }) => `${attributes["unit.pid"]} ${attributes["unit.thread"]}`,
    );
    expect(units.size).toBe(UNITS);
    for (const own of units.values()) {
      const numbers = own.map(({ attributes }) => Number(attributes["unit.number"]));
      expect(numbers.toSorted((a, b) => a - b)).toEqual(range(SPANS));
    }
    const instances = [...units.values()].map(
      (own) => new Set(own.map(({ resource }) => resource["service.instance.id"])),
    );
    expect(instances.map(({ size }) => size)).toEqual([1, 1, 1]);
    expect(new Set(instances.flatMap((ids) => [...ids])).size).toBe(UNITS);
    // One trace over all of them, and no span id twice.
    expect(new Set(intake.spans.map(({ traceId }) => traceId)).size).toBe(1);
    expect(new Set(intake.spans.map(({ spanId }) => spanId)).size).toBe(intake.spans.length);
    expect(intake.spans).toHaveLength(UNITS * SPANS + UNITS);
  },
);
