import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SpanView } from "../../src/api/wire.ts";
import { findSpans } from "../../src/page/trace/find.ts";
import { linesOf } from "../../src/page/trace/lines.ts";

const spanAt = (depth: number, index: number, more: Partial<SpanView> = {}): SpanView => ({
  id: `${index}`,
  depth,
  children: 0,
  service: 0,
  name: `span ${index}`,
  kind: "internal",
  start: 0,
  nanos: 1,
  outcome: "",
  failed: false,
  ...more,
});
/** Spans by their depths, in order. */
const spansOf = (...depths: number[]) => depths.map((depth, index) => spanAt(depth, index));

describe("linesOf", () => {
  it("leaves out what is below a folded span, and counts it", () => {
    const lines = linesOf(spansOf(0, 1, 2, 2, 1, 0), new Set(["1"]), undefined);
    expect(lines.map((line) => [line.span.id, line.kind === "span" && line.folded])).toEqual([
      ["0", 0],
      ["1", 2],
      ["4", 0],
      ["5", 0],
    ]);
  });

  it("puts a parent that was not received above, and the reason of the failure below", () => {
    const spans = [spanAt(0, 1, { missingParent: "ff", reason: "gone" }), spanAt(1, 2, { reason: "gone" })];
    expect(linesOf(spans, new Set(), "2").map(({ kind, span }) => `${kind} ${span.id}`)).toEqual([
      "missing 1",
      "span 1",
      "span 2",
      "note 2",
    ]);
  });

  it("shows or counts each span exactly once, whatever is folded", () => {
    // A span is at most one level below the one before it.
    const depths = fc.array(fc.nat(3), { minLength: 1, maxLength: 40 }).map((drops) =>
      drops.reduce<number[]>((all, drop) => {
        all.push(Math.max(0, (all.at(-1) ?? -1) + 1 - drop));
        return all;
      }, []),
    );
    fc.assert(
      fc.property(depths, fc.array(fc.nat(40)), (levels, folded) => {
        const lines = linesOf(spansOf(...levels), new Set(folded.map(String)), undefined);
        const counted = lines.reduce((sum, line) => sum + 1 + (line.kind === "span" ? line.folded : 0), 0);
        expect(counted).toBe(levels.length);
      }),
    );
  });
});

describe("findSpans", () => {
  it("looks at service, name and status, in any case, and for nothing where nothing is typed", () => {
    const trace = {
      services: ["ledger", "treasury"],
      spans: [spanAt(0, 1), spanAt(1, 2, { service: 1 }), spanAt(1, 3, { outcome: "UNAVAILABLE" })],
    };
    expect(findSpans(trace, "TREAS")).toEqual(new Set(["2"]));
    expect(findSpans(trace, "unavail")).toEqual(new Set(["3"]));
    expect(findSpans(trace, "span")).toEqual(new Set(["1", "2", "3"]));
    expect(findSpans(trace, " ")).toBeUndefined();
  });
});
