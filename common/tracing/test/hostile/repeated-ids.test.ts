import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { KEEP_KEY, SHARED_KEY, traceDraw } from "../../src/sampling/trace-hash.ts";
import { type Mesh, startMesh } from "../keeping/harness/mesh.ts";
import { BROKEN, call, type Plan } from "../keeping/harness/plan.ts";
import { rawRecalls, recallOf } from "../keeping/harness/raw-recall.ts";

/** An edge that believes ids only, and two services behind it that believe the edge. */
const startEdge = (more: Record<string, string> = {}): Promise<Mesh> =>
  startMesh(
    { gateway: { env: { TRACE_TRUST_REMOTE: "ids", ...more } }, ledger: {}, treasury: {} },
    { TRACE_SAMPLE_RATE: "0" },
  );

const newId = (): string => randomBytes(16).toString("hex");
/** What a client sends that picks its id, and would like to be sampled. */
const asTrace = (traceId: string) => ({
  headers: {
    traceparent: `00-${traceId}-b7ad6b7169203331-01`,
    "sentry-trace": `${traceId}-b7ad6b7169203331-1`,
    baggage: `sentry-trace_id=${traceId},sentry-sampled=true,sentry-sample_rate=1`,
  },
});

const GOOD: Plan = { steps: [call("ledger", { steps: [call("treasury")] })] };
/** A branch that succeeds, then one that fails. */
const BAD: Plan = { steps: [call("ledger", { steps: [call("treasury"), call("treasury", BROKEN)] })] };
/** Two server spans in the treasury, one in the ledger and the gateway each, and the client spans above them. */
const SPANS_OF_BAD = 7;

async function expectWhole(mesh: Mesh, traceId: string, count: number): Promise<void> {
  await mesh.settle();
  expect(mesh.intake.spans).toHaveLength(count);
  expect(mesh.spansOf({ traceId })).toHaveLength(count);
}

test("a client that repeats the id of a kept trace gets none of its further requests kept, in any service", async () => {
  const mesh = await startEdge();
  const traceId = newId();
  expect((await mesh.ask(BAD, asTrace(traceId))).traceId).toBe(traceId);
  await expectWhole(mesh, traceId, SPANS_OF_BAD);

  for (let more = 0; more < 100; more++) await mesh.ask(GOOD, asTrace(traceId));
  await expectWhole(mesh, traceId, SPANS_OF_BAD);
  for (const name of ["gateway", "ledger", "treasury"])
    expect((await mesh.stats(name)).kept).toMatchObject({ traces: 1, oversized: 0, refused: 0 });
});

test("neither does one whose requests come by HTTP headers", async () => {
  const mesh = await startEdge();
  const traceId = newId();
  const { headers } = asTrace(traceId);
  expect((await mesh.job(BAD, headers)).traceId).toBe(traceId);
  await expectWhole(mesh, traceId, SPANS_OF_BAD);
  for (let more = 0; more < 20; more++) await mesh.job(GOOD, headers);
  await expectWhole(mesh, traceId, SPANS_OF_BAD);
});

test("of many requests with one id only the one that fails is kept, whole, and only the other one that fails", async () => {
  const mesh = await startEdge();
  const traceId = newId();
  for (let before = 0; before < 50; before++) await mesh.ask(GOOD, asTrace(traceId));
  await mesh.ask(BAD, asTrace(traceId));
  await expectWhole(mesh, traceId, SPANS_OF_BAD);
  await mesh.ask(BAD, asTrace(traceId));
  await expectWhole(mesh, traceId, SPANS_OF_BAD * 2);
  // Each is a failure of its own, with an issue of its own.
  expect(mesh.errorsOf({ traceId })).toHaveLength(2);
});

test("what a request with a chosen id does after its answer, and its branches that had ended, still arrive", async () => {
  const mesh = await startEdge();
  const traceId = newId();
  const late: Plan = {
    steps: [
      { aside: [{ hold: "answered" }, { span: "late", steps: [call("ledger")] }] },
      call("ledger"),
      call("treasury", BROKEN),
    ],
  };
  await mesh.ask(late, asTrace(traceId));
  await mesh.settle();
  // The gateway's entry and two calls, and what served them: the ledger's part by recall.
  expect(mesh.spansOf({ traceId })).toHaveLength(5);
  await mesh.service("gateway").holds("answered");
  await mesh.service("gateway").order({ do: "release", hold: "answered" });
  await mesh.intake.until(
    () => mesh.spansOf({ traceId }).length === 8,
    "the late span, its call and the ledger's",
  );
  expect(mesh.spansOf({ traceId }).map(({ name }) => name)).toContain("late");
});

test("who knows only the id of a trace cannot recall it from a service behind the edge", async () => {
  const mesh = await startEdge();
  const traceId = newId();
  await mesh.ask(GOOD, asTrace(traceId));
  for (const name of ["ledger", "treasury"]) {
    const { body } = await rawRecalls(mesh.addresses[name] ?? "")(recallOf([traceId]));
    expect(JSON.parse(body)).toEqual({ unknown: [traceId] });
  }
  await expectWhole(mesh, traceId, 0);
});

test("a call to a method that is always sampled keeps no other request of the same id", async () => {
  const mesh = await startEdge({ TRACE_METHOD_RULES: "probe.v1.ProbeService/Bidi=always" });
  const traceId = newId();
  for (let before = 0; before < 20; before++) await mesh.ask(GOOD, asTrace(traceId));
  await mesh.ask(GOOD, { ...asTrace(traceId), kind: "bidi" });
  // Of the sampled request: three server spans and two client spans.
  await expectWhole(mesh, traceId, 5);
});

test("ids with the lowest hashes, under every key that is known, are not sampled", async () => {
  const mesh = await startEdge({ TRACE_SAMPLE_RATE: "0.01" });
  const lowest = Array.from({ length: 20_000 }, newId).filter(
    (id) => traceDraw(id, SHARED_KEY) < 0.01 || traceDraw(id, KEEP_KEY) < 0.01,
  );
  const chosen = lowest.slice(0, 200);
  for (const id of chosen) await mesh.ask({}, asTrace(id));
  await mesh.settle();
  // Two are to be expected; ids are drawn with a key of the process.
  expect(mesh.intake.spans.length).toBeLessThan(20);
});
