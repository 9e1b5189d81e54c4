import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createRecorderScene } from "../../test/harness/recorder-scene.ts";
import { newTraceId } from "../spans/index.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const REASON = "tracekeep.keep.reason";
const RATE = "sentry.client_sample_rate";

test("a failed trace leaves whole: its recorded spans, the oldest first, and those that end later", () => {
  const scene = createRecorderScene();
  const [failing, other] = [scene.enter("failing"), scene.enter("other")];
  const late = failing.begin("late");
  for (const name of ["one", "two", "three"]) {
    failing.record(name);
    other.record(`other's ${name}`);
  }
  scene.keeper.failed(failing.trace);
  expect(scene.names()).toEqual(["one", "two", "three"]);
  failing.record("four");
  failing.end();
  late.end();
  other.end();
  vi.advanceTimersByTime(60_000);
  expect(scene.names()).toEqual(["one", "two", "three", "four", "failing", "late"]);
  for (const { attributes, kept, traceId, traceState } of scene.exported) {
    expect({ reason: attributes[REASON], rate: attributes[RATE], kept, traceId, traceState }).toEqual({
      reason: "error",
      rate: 1,
      kept: true,
      traceId: failing.trace.traceId,
      traceState: "ot=th:00000000000000",
    });
  }
  expect(scene.stats()).toMatchObject({ exported: 6, kept: 6, keep: { traces: 1, refused: 0 } });
});

test("a span leaves once, however often and by whomever its trace is kept", () => {
  const scene = createRecorderScene();
  const entry = scene.enter("entry");
  entry.record("one");
  const { traceId } = entry.trace;
  for (let i = 0; i < 3; i++) {
    scene.keeper.failed(entry.trace);
    expect(scene.keeper.keep(entry.trace, "again")).toBe(true);
    expect(scene.keeper.keepFromOutside(traceId, { probability: 0.5, reason: "theirs" })).toBe("kept");
  }
  entry.end();
  scene.keeper.keepFromOutside(traceId, { probability: 1, reason: "theirs" });
  expect(scene.names()).toEqual(["one", "entry"]);
});

test("another entry of a kept trace, and one after all others are over, leave too", () => {
  const scene = createRecorderScene();
  const first = scene.enter("first");
  const { traceId } = first.trace;
  const second = scene.enter("second", { traceId });
  scene.keeper.failed(first.trace);
  first.end();
  second.end();
  vi.advanceTimersByTime(60_000);
  scene.enter("third", { traceId }).end();
  expect(scene.names()).toEqual(["first", "second", "third"]);
});

test("a trace may be kept after it has left the process, as long as it is in the record", () => {
  const scene = createRecorderScene();
  const entry = scene.enter("entry");
  entry.end();
  expect(scene.keeper.keepFromOutside(entry.trace.traceId, { probability: 0.25, reason: "error" })).toBe(
    "kept",
  );
  expect(scene.exported).toMatchObject([{ name: "entry", attributes: { [REASON]: "error", [RATE]: 0.25 } }]);
});

test("a trace that was never here, or is no longer known, is unknown", () => {
  const scene = createRecorderScene();
  const gone = scene.enter("gone");
  gone.end();
  for (let i = 0; i < 1_000; i++) scene.enter("other").end();
  const keep = { probability: 1, reason: "error" };
  expect(scene.keeper.keepFromOutside(newTraceId(), keep)).toBe("unknown");
  expect(scene.keeper.keepFromOutside(gone.trace.traceId, keep)).toBe("unknown");
  expect([scene.exported, scene.stats().keep.traces]).toEqual([[], 0]);
});

test("keeps from outside have an end: a hostile peer gets a thousand a second", () => {
  const scene = createRecorderScene({ maxPerSecond: 1, recorderBytes: 1_048_576 });
  const entries = Array.from({ length: 1_500 }, () => scene.enter("entry"));
  const keep = ({ trace }: (typeof entries)[number]) =>
    scene.keeper.keepFromOutside(trace.traceId, { probability: 1, reason: "error" });
  const outcomes = entries.map(keep);
  expect(outcomes.filter((outcome) => outcome === "kept")).toHaveLength(1_000);
  expect(outcomes.filter((outcome) => outcome === "refused")).toHaveLength(500);
  expect(scene.stats().keep).toMatchObject({ fromOutside: 1_000, refusedFromOutside: 500 });
  vi.advanceTimersByTime(1_000);
  expect(entries.map(keep)).toEqual(entries.map(() => "kept"));
});

test("a trace that the limit refused leaves nothing, unless somebody else keeps it", () => {
  const scene = createRecorderScene({ maxPerSecond: 1 });
  const [kept, refused] = [scene.enter("kept"), scene.enter("refused")];
  refused.record("below");
  expect(scene.keeper.keep(kept.trace, "error")).toBe(true);
  expect(scene.keeper.keep(refused.trace, "error")).toBe(false);
  vi.advanceTimersByTime(5_000);
  // Refused is refused, also once there is room.
  expect(scene.keeper.keep(refused.trace, "error")).toBe(false);
  scene.enter("later", { traceId: refused.trace.traceId }).end();
  refused.end();
  vi.advanceTimersByTime(60_000);
  expect(scene.names()).toEqual([]);
  expect(scene.stats().keep).toMatchObject({ traces: 1, refused: 1 });
  scene.keeper.keepFromOutside(refused.trace.traceId, { probability: 0.1, reason: "error" });
  expect(scene.names()).toEqual(["below", "later", "refused"]);
  // With the weight of the one who keeps it, and not of the refusal.
  expect(scene.exported.map(({ attributes }) => attributes[RATE])).toEqual([0.1, 0.1, 0.1]);
});

test("a trace that was refused below is not kept here on our own account", () => {
  const scene = createRecorderScene();
  const entry = scene.enter("entry");
  scene.keeper.refusedBelow(entry.trace);
  scene.keeper.failed(entry.trace);
  entry.end();
  expect([scene.names(), scene.keeper.mayReport(entry.trace.traceId)]).toEqual([[], false]);
});

test("a sampled trace that fails is never refused: it arrives anyway, and stands for itself alone", () => {
  const scene = createRecorderScene({ maxPerSecond: 1 });
  scene.keeper.keep(scene.enter("kept").trace, "error");
  const entry = scene.enter("failed", {
    sampled: true,
    probability: 0.5,
    traceState: "ot=th:80000000000000",
  });
  scene.keeper.failed(entry.trace);
  entry.end();
  vi.advanceTimersByTime(1_000);
  expect(scene.exported).toMatchObject([
    { name: "failed", kept: true, attributes: { [RATE]: 1, [REASON]: "error" } },
  ]);
});

test("in a storm a kept trace says with which probability it was kept, and a sampled one is always", () => {
  const scene = createRecorderScene({ maxPerSecond: 50, recorderBytes: 1_048_576 });
  const head = { sampled: true, probability: 0.5, traceState: "ot=th:80000000000000" };
  const rates = { sampled: [] as unknown[], unsampled: [] as unknown[] };
  for (let i = 0; i < 4_000; i++) {
    const name = i % 2 === 0 ? "sampled" : "unsampled";
    const entry = scene.enter(name, name === "sampled" ? head : {});
    vi.advanceTimersByTime(1);
    scene.keeper.failed(entry.trace);
    const { decision } = entry.trace;
    entry.end();
    // By then the storm is known for one.
    if (i > 2_000 && decision?.kept === true) rates[name].push(scene.exported.at(-1)?.attributes[RATE]);
  }
  expect(rates.sampled.length).toBeGreaterThan(990);
  expect(rates.sampled.every((rate) => rate === 1)).toBe(true);
  expect(rates.unsampled.length).toBeGreaterThan(0);
  for (const rate of rates.unsampled) expect(rate).toBeLessThan(0.1);
});

test("whoever served a call of the trace is told once; a call under way is told, too", () => {
  const scene = createRecorderScene();
  const entry = scene.enter("entry");
  const { traceId } = entry.trace;
  entry.record("call", { servedBy: 3 });
  entry.record("call", { servedBy: 3 });
  entry.record("call", { servedBy: 5 });
  scene.enter("other").record("call", { servedBy: 7 });
  const heard: unknown[] = [];
  scene.keeper.openCalls.add({
    traceId,
    older: undefined,
    newer: undefined,
    kept: ({ reason }) => heard.push(reason),
  });
  scene.keeper.failed(entry.trace);
  scene.keeper.failed(entry.trace);
  expect(scene.told).toEqual([
    { servedBy: 3, traceId },
    { servedBy: 5, traceId },
  ]);
  expect(heard).toEqual(["error"]);
});

test("a sampled flag on a trace whose unsampled spans are here means that somebody above keeps it", () => {
  const scene = createRecorderScene();
  const first = scene.enter("first");
  first.end();
  const { traceId } = first.trace;
  scene.enter("second", { traceId, sampled: true, probability: 1 }).end();
  expect(scene.names()).toEqual(["first", "second"]);
  expect(scene.exported[0]?.attributes).toMatchObject({ [REASON]: "upstream", [RATE]: 1 });
});

test("others' reasons are cleaned and cut; a reason that says nothing is replaced", () => {
  const scene = createRecorderScene();
  const keep = (reason: string): unknown => {
    const entry = scene.enter("entry");
    entry.end();
    scene.keeper.keepFromOutside(entry.trace.traceId, { probability: 1, reason });
    return scene.exported.at(-1)?.attributes[REASON];
  };
  expect(keep("card 4111 1111 1111 1111")).not.toContain("4111 1111");
  expect(keep("x".repeat(10_000))).toBe("x".repeat(64));
  expect(keep("")).toBe("upstream");
  const own = scene.enter("own");
  scene.keeper.keep(own.trace, "");
  own.end();
  expect(scene.exported.at(-1)).toMatchObject({ kept: true, attributes: { [REASON]: "kept" } });
});

test.each(["error", "slow", "retry", "crash", "upstream", "requested"] as const)(
  "a trace that another process keeps for %s is counted as that",
  (reason) => {
    const scene = createRecorderScene();
    const { trace } = scene.enter("entry");
    scene.keeper.keepFromOutside(trace.traceId, {
      probability: 1,
      reason: reason === "requested" ? "balance differs" : reason,
    });
    const { local, remote } = scene.keeper.counters.reasons;
    expect(Object.entries(remote).filter(([, count]) => count > 0)).toEqual([[reason, 1]]);
    expect(Object.values(local).every((count) => count === 0)).toBe(true);
  },
);

test("error keeping can be switched off; what the user keeps is kept", () => {
  const scene = createRecorderScene({ errors: false });
  const entry = scene.enter("entry");
  scene.keeper.failed(entry.trace);
  expect(entry.trace.decision).toBeUndefined();
  expect(scene.keeper.keep(entry.trace, "mine")).toBe(true);
});

test("an issue of a kept trace is free; further ones, and those without a trace, share its limit", () => {
  const scene = createRecorderScene({ maxPerSecond: 3 });
  const { trace } = scene.enter("entry");
  scene.keeper.keep(trace, "error");
  const answers = Array.from({ length: 5 }, () => scene.keeper.mayReport(trace.traceId));
  expect(answers).toEqual([true, true, true, false, false]);
  expect(scene.keeper.mayReport(newTraceId())).toBe(false);
  vi.advanceTimersByTime(1_000);
  expect(scene.keeper.mayReport(newTraceId())).toBe(true);
});

test("the flag of a later entry keeps an earlier one that is still open", () => {
  const scene = createRecorderScene();
  const first = scene.enter("first");
  const { traceId } = first.trace;
  scene.enter("second", { traceId, sampled: true }).end();
  first.end();
  expect(scene.names().toSorted()).toEqual(["first", "second"]);
  expect(scene.exported.find(({ name }) => name === "first")?.attributes[REASON]).toBe("upstream");
});

test("what was sampled in this process is no word from above that the trace is kept", () => {
  const scene = createRecorderScene();
  const first = scene.enter("first", { decidedHere: true });
  first.record("below");
  first.end();
  const { traceId } = first.trace;
  scene.enter("second", { traceId, sampled: true, probability: 1, decidedHere: true }).end();
  expect(scene.names()).toEqual(["second"]);
  expect(scene.stats().keep.traces).toBe(0);
});

test("a trace that is kept early in a long entry is kept to its end, however many others are kept meanwhile", () => {
  const scene = createRecorderScene({ maxPerSecond: 100_000 });
  const job = scene.enter("job");
  expect(scene.keeper.keep(job.trace, "audit")).toBe(true);
  for (let count = 0; count < 20_000; count++) {
    const other = scene.enter("other");
    scene.keeper.keep(other.trace, "audit");
    other.end();
  }
  job.end();
  expect(scene.names().at(-1)).toBe("job");
});
