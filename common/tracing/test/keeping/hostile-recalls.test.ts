import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { type Mesh, startMesh } from "./harness/mesh.ts";
import { call } from "./harness/plan.ts";
import { rawRecalls, recallOf } from "./harness/raw-recall.ts";
import { expectKept } from "./harness/whole-trace.ts";

const RATE_0 = { TRACE_SAMPLE_RATE: "0" };
const newIds = (count: number): string[] =>
  Array.from({ length: count }, () => randomBytes(16).toString("hex"));

/** Requests that succeed; resolves with the ids of their traces. */
async function succeed(mesh: Mesh, count: number): Promise<string[]> {
  const outcomes = await Promise.all(
    Array.from({ length: count }, () => mesh.ask({ steps: [call("ledger")] })),
  );
  return outcomes.map(({ traceId }) => traceId);
}

async function heapOf(mesh: Mesh): Promise<number> {
  const { heapBytes = 0 } = await mesh.service("gateway").order({ do: "look" });
  return heapBytes;
}

/** Nothing has been sent to anybody, and requests are served as before. */
async function expectUnharmed(mesh: Mesh): Promise<void> {
  await succeed(mesh, 3);
  await mesh.settle();
  expect(mesh.intake.spans).toEqual([]);
  expect(mesh.intake.errors).toEqual([]);
}

test("100,000 ids that nobody knows, again and again: told to be unknown, and the memory is flat", async () => {
  const mesh = await startMesh({ gateway: {}, ledger: {} }, RATE_0);
  await succeed(mesh, 3);
  const recall = rawRecalls(mesh.addresses.gateway ?? "");
  const before = await mesh.stats("gateway");
  const round = async (): Promise<void> => {
    for (let message = 0; message < 100; message++) {
      const ids = newIds(1_000);
      const { code, body } = await recall(recallOf(ids));
      expect(code).toBe(0);
      expect(JSON.parse(body)).toEqual({ unknown: ids });
    }
  };
  await round();
  const warm = await heapOf(mesh);
  for (let more = 0; more < 3; more++) await round();
  expect((await heapOf(mesh)) - warm).toBeLessThan(4 * 2 ** 20);

  const { spans, record, kept, recalls } = await mesh.stats("gateway");
  expect({ spans, kept, recalls }).toEqual({
    spans: before.spans,
    kept: before.kept,
    recalls: before.recalls,
  });
  expect(record).toEqual({ ...before.record, horizonSeconds: record.horizonSeconds });
  await expectUnharmed(mesh);
});

test("bytes that are no recall: answered or refused, and nothing comes of them", async () => {
  const mesh = await startMesh({ gateway: {}, ledger: {} }, RATE_0);
  const [known = ""] = await succeed(mesh, 1);
  const recall = rawRecalls(mesh.addresses.gateway ?? "");
  const hostile = [
    Buffer.alloc(0),
    randomBytes(10_000),
    Buffer.from("null"),
    Buffer.from("[".repeat(100_000)),
    Buffer.from('{"traces":{"length":1e9}}'),
    Buffer.from('{"traces":[null,1,[],[[]],{"0":1}],"__proto__":{"kept":true}}'),
    recallOf([known.toUpperCase(), `${known} `, "0".repeat(32), "constructor"]),
    ...[0, -1, 2, "1", null, {}].map((probability) => recallOf([known], "error", probability)),
    recallOf(newIds(100_000)),
    recallOf([known, ...newIds(999)], "x".repeat(1_000)),
  ];
  for (const bytes of hostile) {
    const { code, body } = await recall(bytes);
    // INVALID_ARGUMENT for what cannot be read; RESOURCE_EXHAUSTED is grpc-js's own answer to what is too large.
    expect([0, 3, 8]).toContain(code);
    if (code === 0) expect(JSON.parse(body)).toEqual({ unknown: [] });
  }
  await expectUnharmed(mesh);
});

test("an id that is known makes its spans arrive at the operator's, and tells the sender nothing else", async () => {
  const mesh = await startMesh({ gateway: {}, ledger: {} }, RATE_0);
  const [known = ""] = await succeed(mesh, 1);
  const recall = rawRecalls(mesh.addresses.gateway ?? "");
  const [unknown = ""] = newIds(1);
  const { body } = await recall(recallOf([unknown, known], "card 4111 1111 1111 1111"));
  expect(body).toBe(JSON.stringify({ unknown: [unknown] }));
  await mesh.intake.until(() => mesh.spansOf({ traceId: known }).length === 3, "the spans of that trace");
  await mesh.settle();
  expect(mesh.intake.spans).toHaveLength(3);
  const [first] = mesh.intake.spans;
  expect(first?.attributes["tracekeep.keep.reason"]).not.toContain("4111");
  expectKept(mesh.intake.spans, first?.attributes["tracekeep.keep.reason"]);
  // The same again sends nothing twice.
  await recall(recallOf([known]));
  await mesh.settle();
  expect(mesh.intake.spans).toHaveLength(3);
});

test("more known ids than outsiders may have kept in a second are refused and counted", async () => {
  const mesh = await startMesh({ gateway: {}, ledger: {} }, { ...RATE_0, TRACE_KEEP_MAX_PER_SECOND: "1" });
  const known: string[] = [];
  for (let round = 0; round < 11; round++) known.push(...(await succeed(mesh, 100)));
  const recall = rawRecalls(mesh.addresses.gateway ?? "");
  const began = performance.now();
  for (const part of [known.slice(0, 550), known.slice(550)]) {
    const { body } = await recall(recallOf(part));
    // Refused ones are known, too.
    expect(JSON.parse(body)).toEqual({ unknown: [] });
  }
  const seconds = Math.ceil((performance.now() - began) / 1_000);
  const { kept } = await mesh.stats("gateway");
  expect(kept.fromOutside + kept.refusedFromOutside).toBe(1_100);
  expect(kept.fromOutside).toBeGreaterThanOrEqual(1_000);
  expect(kept.fromOutside).toBeLessThanOrEqual(1_000 * seconds);
});

test.each(["ids", "none"])("trust %s: an edge takes no recalls at all", async (trust) => {
  const mesh = await startMesh({ gateway: {}, ledger: {} }, { ...RATE_0, TRACE_TRUST_REMOTE: trust });
  const [known = ""] = await succeed(mesh, 1);
  const { code } = await rawRecalls(mesh.addresses.gateway ?? "")(recallOf([known]));
  expect(code).toBe(12);
  await expectUnharmed(mesh);
});
