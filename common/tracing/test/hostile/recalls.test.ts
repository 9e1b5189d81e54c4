import fc from "fast-check";
import { expect, test } from "vitest";
import { type Mesh, startMesh } from "../keeping/harness/mesh.ts";
import { call } from "../keeping/harness/plan.ts";
import { rawRecalls, recallOf } from "../keeping/harness/raw-recall.ts";

const RATE_0 = { TRACE_SAMPLE_RATE: "0" };

async function succeed(mesh: Mesh): Promise<string> {
  return (await mesh.ask({ steps: [call("ledger")] })).traceId;
}

test("a recall that is replayed 20,000 times, as fast as it can be, has its trace sent once and takes one place", async () => {
  const mesh = await startMesh({ gateway: {}, ledger: {} }, RATE_0);
  const traceId = await succeed(mesh);
  const recall = rawRecalls(mesh.addresses.gateway ?? "");
  const replay = recallOf(Array.from({ length: 1_000 }, () => traceId));
  const answers = await Promise.all(Array.from({ length: 20 }, () => recall(replay)));
  for (const { code, body } of answers) expect({ code, body }).toEqual({ code: 0, body: '{"unknown":[]}' });
  await mesh.settle();
  // The gateway's two spans, and the ledger's, which is recalled by it.
  expect(mesh.intake.spans).toHaveLength(3);
  expect((await mesh.stats("gateway")).kept).toMatchObject({
    traces: 1,
    fromOutside: 1,
    refusedFromOutside: 0,
  });
  expect((await mesh.stats("ledger")).kept).toMatchObject({ traces: 1, fromOutside: 1 });
  // Requests are served meanwhile and after.
  await succeed(mesh);
});

test("whatever bytes are sent for a recall, the answer holds no more than ids that were asked for", async () => {
  const mesh = await startMesh({ gateway: {}, ledger: {} }, RATE_0);
  const known = await succeed(mesh);
  const recall = rawRecalls(mesh.addresses.gateway ?? "");
  const entry = fc.oneof(
    fc.anything(),
    fc.tuple(fc.oneof(fc.constant(`${known} `), fc.string()), fc.anything(), fc.anything()),
  );
  const json = fc.oneof(
    fc.jsonValue(),
    fc.record({ traces: fc.oneof(fc.jsonValue(), fc.array(entry, { maxLength: 20 })) }),
  );
  const message = fc.oneof(
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    json.map((content) => Buffer.from(write(content))),
  );
  await fc.assert(
    fc.asyncProperty(message, async (bytes) => {
      const { code, body } = await recall(bytes);
      expect([0, 3]).toContain(code);
      if (code !== 0) return;
      const { unknown } = JSON.parse(body) as { unknown: string[] };
      for (const id of unknown) expect(bytes.toString()).toContain(id);
      expect(Object.keys(JSON.parse(body))).toEqual(["unknown"]);
    }),
    { numRuns: 300 },
  );
  await mesh.settle();
  expect(mesh.intake.spans).toEqual([]);
  expect((await mesh.stats("gateway")).kept).toMatchObject({ traces: 0, fromOutside: 0 });
});

/** Not everything can be written as JSON. */
function write(content: unknown): string {
  try {
    return JSON.stringify(content) ?? "";
  } catch {
    return "";
  }
}
