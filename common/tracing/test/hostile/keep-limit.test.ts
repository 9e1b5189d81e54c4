import { ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createExtractor, remoteParentOf } from "../../src/propagation/index.ts";
import { createHeadSampler, KEEP_KEY, traceDraw } from "../../src/sampling/index.ts";
import { type LocalTrace, newTraceId } from "../../src/spans/index.ts";
import { createBeginTrace } from "../../src/tracer/index.ts";
import { createRecorderScene } from "../harness/recorder-scene.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A trace that enters at an edge which believes ids only. */
function createEdge(): (traceId: string) => LocalTrace {
  const extract = createExtractor("ids", undefined);
  const begin = createBeginTrace(createHeadSampler(0), () => "", undefined);
  return (traceId) => {
    const headers = new Map([["traceparent", `00-${traceId}-b7ad6b7169203331-01`]]);
    const context = extract(ROOT_CONTEXT, (name) => [headers.get(name) ?? []].flat());
    const parent = trace.getSpanContext(context);
    return begin({ parent, remote: remoteParentOf(context), rate: undefined, name: "entry", context });
  };
}

/** An id that beats most others under the key by which failed traces are chosen. */
function lowId(): string {
  for (;;) {
    const id = newTraceId();
    if (traceDraw(id, KEEP_KEY) < 0.08) return id;
  }
}

test("a storm of failures under ids with low hashes pushes other clients' failures out no more than any storm", () => {
  const { keeper } = createRecorderScene({ maxPerSecond: 20 });
  const enter = createEdge();
  const kept = { attacker: 0, honest: 0 };
  const fail = (who: keyof typeof kept, traceId: string): void => {
    const entered = enter(traceId);
    keeper.entered(entered, undefined);
    keeper.failed(entered);
    if (entered.decision?.kept === true) kept[who]++;
  };
  // Three failures of the attacker's and one of somebody else's, 400 a second for 20 seconds.
  for (let request = 0; request < 8_000; request++) {
    if (request % 4 === 3) fail("honest", newTraceId());
    else fail("attacker", lowId());
    vi.advanceTimersByTime(2.5);
  }
  const all = kept.attacker + kept.honest;
  expect(all).toBeGreaterThan(350);
  // A quarter of the failures; were the ids believed, it would be a twentieth.
  expect(kept.honest / all).toBeGreaterThan(0.15);
});
