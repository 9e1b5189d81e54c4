import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anySpans } from "../testing/any-spans.ts";
import { SAMPLE_TRACE, type SampleSpan, sampleSpan } from "../testing/sample.ts";
import { assembleTrace } from "../trace/trace.ts";
import { criticalPathOf } from "./critical-path.ts";

/** The path by span id, in microseconds. */
function pathOf(...samples: SampleSpan[]): Record<string, number[][]> {
  const path = criticalPathOf(assembleTrace(SAMPLE_TRACE, samples.map(sampleSpan)));
  return Object.fromEntries(
    Array.from(path, ([{ span }, segments]) => [
      span.spanId.replace(/^0+/, ""),
      segments.map(({ from, to }) => [from / 1000, to / 1000]),
    ]),
  );
}

describe("criticalPathOf", () => {
  it("goes through what is called one after the other, and what is between", () => {
    expect(
      pathOf(
        { id: "1", from: 0, to: 100 },
        { id: "2", parent: "1", from: 10, to: 40 },
        { id: "3", parent: "1", from: 50, to: 90 },
        { id: "4", parent: "3", from: 50, to: 80 },
      ),
    ).toEqual({
      1: [
        [0, 10],
        [40, 50],
        [90, 100],
      ],
      2: [[10, 40]],
      3: [[80, 90]],
      4: [[50, 80]],
    });
  });

  it("of calls made together follows the one that ended last", () => {
    expect(
      pathOf(
        { id: "1", from: 0, to: 100 },
        { id: "2", parent: "1", from: 10, to: 60 },
        { id: "3", parent: "1", from: 10, to: 95 },
      ),
    ).toEqual({
      1: [
        [0, 10],
        [95, 100],
      ],
      3: [[10, 95]],
    });
  });

  it("does not wait for what goes on after the answer", () => {
    expect(pathOf({ id: "1", from: 0, to: 100 }, { id: "2", parent: "1", from: 80, to: 500 })).toEqual({
      1: [[0, 80]],
      2: [[80, 100]],
    });
  });

  it("fills the longest root exactly, whatever the spans are", () => {
    fc.assert(
      fc.property(anySpans, (spans) => {
        const trace = assembleTrace(SAMPLE_TRACE, spans);
        const lengths = trace.roots.map(({ span }) => Number(span.endNanos - span.startNanos));
        const segments = [...criticalPathOf(trace).values()].flat().sort((a, b) => a.from - b.from);
        const total = segments.reduce((sum, { from, to }) => sum + to - from, 0);
        expect(total).toBe(Math.max(0, ...lengths));
        for (const [index, { from }] of segments.entries())
          expect(from).toBeGreaterThanOrEqual(segments[index - 1]?.to ?? from);
      }),
    );
  });

  it("takes a trace that is deeper than the call stack", () => {
    const chain = Array.from({ length: 20_000 }, (_, index) =>
      sampleSpan({
        id: (index + 1).toString(16),
        ...(index > 0 ? { parent: index.toString(16) } : {}),
        from: index,
        to: 40_000 - index,
      }),
    );
    expect(criticalPathOf(assembleTrace(SAMPLE_TRACE, chain)).size).toBe(20_000);
  });
});
