import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { failedRequest, SAMPLE_START, SAMPLE_TRACE, sampleSpan } from "../testing/sample.ts";
import type { SpanRecord } from "./span.ts";
import { assembleTrace, type Trace } from "./trace.ts";

const assemble = (spans: readonly SpanRecord[]) => assembleTrace(SAMPLE_TRACE, spans);
const tree = (trace: Trace) =>
  trace.nodes.map(({ depth, span }) => `${" ".repeat(depth)}${Number(`0x${span.spanId}`)}`);

// Parents may be missing, form circles or be the span itself.
const anySpans = fc
  .uniqueArray(
    fc.record({ id: fc.integer({ min: 1, max: 40 }), parent: fc.option(fc.nat(45)), from: fc.nat(5) }),
    { selector: ({ id }) => id, minLength: 1, maxLength: 30 },
  )
  .map((samples) =>
    samples.map(({ id, parent, from }) =>
      sampleSpan({ id: id.toString(16), from, ...(parent === null ? {} : { parent: parent.toString(16) }) }),
    ),
  );

describe("assembleTrace", () => {
  it("puts each span under its parent, before later siblings", () => {
    expect(tree(assemble(failedRequest))).toEqual([
      "1",
      " 2",
      "  3",
      "   4",
      "    5",
      "    6",
      "     7",
      "      8",
    ]);
  });

  it("says when and where a trace happened", () => {
    const trace = assemble(failedRequest);
    expect(trace).toMatchObject({
      services: ["gateway", "ledger", "treasury"],
      environment: "development",
      failed: true,
    });
    expect(trace.startNanos).toBe(SAMPLE_START);
    expect(trace.endNanos - trace.startNanos).toBe(84_200_000n);
    expect(trace.roots).toHaveLength(1);
  });

  it("gives the same tree whatever the order of arrival", () => {
    const withOrder = anySpans.chain((spans) =>
      fc.tuple(fc.constant(spans), fc.shuffledSubarray(spans, { minLength: spans.length })),
    );
    fc.assert(
      fc.property(withOrder, ([spans, shuffled]) => {
        expect(tree(assemble(shuffled))).toEqual(tree(assemble(spans)));
      }),
    );
  });

  it("shows every span exactly once, after its parent, even if parents run in circles", () => {
    fc.assert(
      fc.property(anySpans, (spans) => {
        const { nodes, roots } = assemble(spans);
        expect(nodes.map(({ span }) => span.spanId).sort()).toEqual(spans.map(({ spanId }) => spanId).sort());
        for (const [index, node] of nodes.entries()) {
          if (node.parent) expect(nodes.indexOf(node.parent)).toBeLessThan(index);
          else expect(roots).toContain(node);
        }
      }),
    );
  });

  it("cuts a circle at its earliest span and leaves what hangs on it", () => {
    const spans = [
      sampleSpan({ id: "1", parent: "3", from: 0 }),
      sampleSpan({ id: "2", parent: "3", from: 10 }),
      sampleSpan({ id: "3", parent: "2", from: 20 }),
    ];
    expect(tree(assemble(spans))).toEqual(["2", " 3", "  1"]);
  });

  it("tells a root from a span whose parent was not received", () => {
    const { roots } = assemble([sampleSpan({ id: "1" }), sampleSpan({ id: "3", parent: "2", from: 5 })]);
    expect(roots.map(({ missingParent }) => missingParent)).toEqual([false, true]);
  });

  it("takes a trace that is deeper than the call stack", () => {
    const spans = Array.from({ length: 50_000 }, (_, index) =>
      sampleSpan({ id: (index + 1).toString(16), ...(index > 0 ? { parent: index.toString(16) } : {}) }),
    );
    expect(assemble(spans).nodes.at(-1)?.depth).toBe(49_999);
  });
});
