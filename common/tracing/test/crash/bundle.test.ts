import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "vite";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { startIntake, type TestIntake } from "../harness/intake.ts";
import { fixture, runNode } from "../harness/run-node.ts";
import { startProxy, type TestProxy } from "../proxy/harness/proxy.ts";

let folder: string;
let intake: TestIntake;
let proxy: TestProxy;

/** One file for each format, in a folder without any node_modules. */
beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "tracekeep-")));
  for (const format of ["es", "cjs"] as const) {
    await build({
      configFile: false,
      logLevel: "error",
      root: fixture(""),
      ssr: { noExternal: true },
      build: {
        ssr: fixture("one-crash.ts"),
        outDir: folder,
        emptyOutDir: false,
        target: "node24",
        rolldownOptions: { output: { format, entryFileNames: `bundle.${format === "es" ? "mjs" : "cjs"}` } },
      },
    });
  }
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
