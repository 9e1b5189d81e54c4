import { describe, expect, it } from "vitest";
import { sampleSpan } from "../testing/sample.ts";
import { TraceStore } from "./store.ts";

const limits = { maxSpans: 3, maxBytes: 1e6 };
const spanOf = (traceId: string, id: string) => ({ ...sampleSpan({ id }), traceId });

describe("TraceStore", () => {
  it("completes a trace from several batches", () => {
    const store = new TraceStore(limits);
    store.add([spanOf("a", "2")]);
    expect(store.get("a")?.nodes).toHaveLength(1);
    store.add([spanOf("a", "1")]);
    expect(store.get("a")?.nodes).toHaveLength(2);
    expect(store.get("b")).toBeUndefined();
  });

  it("ignores a span that comes again, and counts it", () => {
    const store = new TraceStore(limits);
    store.add([spanOf("a", "1"), spanOf("a", "1"), spanOf("b", "1")]);
    expect(store.get("a")).toMatchObject({ duplicates: 1, nodes: [{}] });
    expect(store.stats()).toMatchObject({ spans: 2, duplicates: 1 });
  });

  it("drops the oldest trace to make room", () => {
    const store = new TraceStore(limits);
    store.add([spanOf("a", "1"), spanOf("b", "1"), spanOf("c", "1"), spanOf("d", "1")]);
    expect(store.all().map(({ traceId }) => traceId)).toEqual(["b", "c", "d"]);
    expect(store.stats()).toMatchObject({ traces: 3, spans: 3, evictedTraces: 1 });
  });

  it("refuses what a single trace has beyond the bounds, and counts it", () => {
    const store = new TraceStore(limits);
    store.add(["1", "2", "3", "4", "5"].map((id) => spanOf("a", id)));
    expect(store.get("a")?.nodes).toHaveLength(3);
    expect(store.stats().refusedSpans).toBe(2);
  });

  it("stays within its bytes", () => {
    const store = new TraceStore({ maxSpans: 1e6, maxBytes: 100_000 });
    for (let index = 1; index < 1000; index++) {
      const attributes = { text: "x".repeat(index * 10) };
      store.add([{ ...spanOf(`trace ${index}`, "1"), attributes }]);
      expect(store.stats().bytes).toBeLessThanOrEqual(100_000);
    }
    expect(store.stats().evictedTraces).toBeGreaterThan(900);
  });

  it("lets failed traces stay longer than others, though not for ever", () => {
    const store = new TraceStore({ ...limits, maxSpans: 10, maxTraces: 10 });
    const failedSpan = (traceId: string) => ({ ...spanOf(traceId, "1"), status: "error" as const });
    store.add([failedSpan("failed 1"), failedSpan("failed 2")]);
    store.add(Array.from({ length: 50 }, (_, index) => spanOf(`ok ${index}`, "1")));
    expect(store.ids()).toEqual([
      "failed 1",
      "failed 2",
      ...Array.from({ length: 8 }, (_, index) => `ok ${index + 42}`),
    ]);
    store.add(Array.from({ length: 50 }, (_, index) => failedSpan(`later ${index}`)));
    expect(store.has("failed 1")).toBe(false);
    expect(store.ids().at(-1)).toBe("later 49");
    expect(store.stats().traces).toBeLessThanOrEqual(10);
  });

  it("holds no more traces than it may", () => {
    const store = new TraceStore({ maxSpans: 1e6, maxBytes: 1e9, maxTraces: 100 });
    store.add(Array.from({ length: 1000 }, (_, index) => spanOf(`trace ${index}`, "1")));
    expect(store.stats().traces).toBeLessThanOrEqual(100);
    expect(store.stats().traces).toBeGreaterThan(90);
    expect(store.ids().at(-1)).toBe("trace 999");
  });
});
