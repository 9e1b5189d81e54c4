import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { StatusRule, Tracing } from "../src/index.ts";
import { startIntake, type TestIntake } from "./harness/intake.ts";
import { collectLog, type ProbeServer, probeClient, serveProbe, startTestTracing } from "./harness/probe.ts";

const TURNS = 40;
let intake: TestIntake;
let tracing: Tracing;
let probe: ProbeServer;
beforeEach(async () => {
  intake = await startIntake();
});
afterEach(async () => {
  probe.stop();
  await tracing.shutdown(500);
  await intake.close();
});

/** A loop within one entry, each of whose turns fails below, with a text of its own; throws the last error. */
async function loop(rate: string, rules: readonly StatusRule[]): Promise<void> {
  tracing = startTestTracing(intake, { TRACE_SAMPLE_RATE: rate }, collectLog().logger, rules);
  let turn = 0;
  probe = await serveProbe(tracing, {
    unary: (_call, callback) => callback({ code: 14, details: `bank ${turn++} is down` }),
  });
  const client = probeClient(tracing, probe.address);
  const unary = promisify(client.unary.bind(client) as (request: object, callback: () => void) => void);
  await tracing
    .continueTrace({}, { name: "loop" }, async () => {
      let last: unknown;
      for (let turns = 0; turns < TURNS; turns++)
        await tracing.withSpan("turn", () => unary({ text: "", count: 0 })).catch((error) => (last = error));
      throw last;
    })
    .catch(() => {});
  client.close();
  await tracing.forceFlush();
}

test("ERR-01: in an entry that lives long, a failure that is passed on is none of its own, however many were before", async () => {
  await loop("1", []);
  await intake.until(
    () => intake.errors.length >= TURNS && intake.spans.length === 3 * TURNS + 1,
    "all of it",
  );
  const marked = intake.spans.filter(({ attributes }) => attributes["tracekeep.root_cause"] === true);
  expect(marked.filter(({ kind }) => kind !== 2).map(({ name }) => name)).toEqual([]);
  expect(intake.errors.map(({ tags }) => tags["rpc.method"]).filter((method) => method === "loop")).toEqual(
    [],
  );
});

test("STAT-04: in an entry that lives long, a status that is tolerated stays so, however often it comes", async () => {
  await loop("0", [{ codes: ["UNAVAILABLE"], meaning: "answer" }]);
  expect(tracing.stats().kept).toMatchObject({ traces: 0, refused: 0 });
  expect(intake.spans).toEqual([]);
});
