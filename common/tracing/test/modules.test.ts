import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { bundle } from "./harness/bundle.ts";
import { startIntake, type TestIntake } from "./harness/intake.ts";
import { fixture, runNode } from "./harness/run-node.ts";

let folder: string;
let intake: TestIntake;

/** One file with everything in it, in a folder without any node_modules. */
beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "tracekeep-")));
  await bundle("one-call.ts", folder);
});
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(async () => {
  intake = await startIntake();
});
afterEach(() => intake.close());

const PROGRAMS: readonly [string, () => string][] = [
  ["an ES module that imports grpc-js first", () => fixture("one-call.ts")],
  ["a CommonJS program that requires grpc-js first", () => fixture("one-call.cjs")],
  ["a bundle", () => join(folder, "bundle.mjs")],
];

test.each(PROGRAMS)("MOD-01: %s gives the same spans and the same error", async (_case, program) => {
  const env = { SENTRY_DSN: intake.dsn, TRACE_SAMPLE_RATE: "1" };
  const { code, stderr } = await runNode(program(), { args: ["fail"], env, cwd: folder });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const root = intake.spans.find((span) => span.name === "caller");
  const client = intake.spans.find((span) => span.kind === 3);
  const server = intake.spans.find((span) => span.kind === 2);
  const work = intake.spans.find((span) => span.name === "work");
  expect(intake.spans).toHaveLength(4);
  expect(new Set(intake.spans.map((span) => span.traceId)).size).toBe(1);
  expect([client, server, work].map((span) => span?.parentSpanId)).toEqual(
    [root, client, server].map((span) => span?.spanId),
  );
  expect(intake.errors.map((event) => event.contexts.trace.trace_id)).toEqual([root?.traceId]);
});
