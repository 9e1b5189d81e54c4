import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { bundle } from "../harness/bundle.ts";
import { startIntake, type TestIntake } from "../harness/intake.ts";
import { runNode } from "../harness/run-node.ts";
import { startProxy, type TestProxy } from "../proxy/harness/proxy.ts";

let folder: string;
let intake: TestIntake;
let proxy: TestProxy;

/** One file for each format, in a folder without any node_modules. */
beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "tracekeep-")));
  for (const format of ["es", "cjs"] as const) await bundle("one-crash.ts", folder, format);
});
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(async () => {
  [intake, proxy] = await Promise.all([startIntake(), startProxy()]);
});
afterEach(async () => {
  await Promise.all([intake.close(), proxy.close()]);
});

test.each(["bundle.mjs", "bundle.cjs"])("EXP-13: what %s has at a crash goes by the proxy", async (name) => {
  const env = { SENTRY_DSN: intake.dsn, HTTP_PROXY: proxy.url };
  const { code, stderr } = await runNode(join(folder, name), { env, cwd: folder });
  expect(code).toBe(1);
  expect(stderr).not.toContain("could not be saved");
  expect(intake.spans.map((span) => span.name)).toEqual(["doomed"]);
  expect(intake.errors).toHaveLength(1);
  expect(proxy.seen).toHaveLength(2);
});
