import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { SourceMap } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "tsdown";
import { afterAll, expect, test } from "vitest";
import { startIntake } from "../../common/tracing/test/harness/intake.ts";

const SERVICE = join(import.meta.dirname, "testing/failing-service.ts");
const CULPRIT = "the till is locked";
const culpritLine =
  readFileSync(SERVICE, "utf8")
    .slice(0, -1)
    .split("\n")
    .findIndex((line) => line.includes(CULPRIT)) + 1;

const folder = mkdtempSync(join(tmpdir(), "tracekeep-bundle-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** The error event of a process that fails, and the frame in which it did. */
async function eventOf(main: string) {
  const intake = await startIntake();
  const env = { PATH: process.env.PATH, SENTRY_DSN: intake.dsn };
  await promisify(execFile)(process.execPath, [main], { env, cwd: folder });
  await intake.close();
  const [event] = intake.errors as readonly ((typeof intake.errors)[number] & { debug_meta?: object })[];
  const stack = event?.exception.values[0]?.stacktrace as Stack | undefined;
  return { event, frame: stack?.frames.at(-1) };
}

interface Stack {
  frames: { filename: string; lineno: number; colno: number }[];
}

test("a service that runs from its sources fails at a line of them: nothing has to be uploaded", async () => {
  const { event, frame } = await eventOf(SERVICE);
  expect(frame).toMatchObject({ filename: SERVICE, lineno: culpritLine });
  expect(event).not.toHaveProperty("debug_meta");
});

test("a bundled service's event names the debug id of its bundle, and a position that its source map knows", async () => {
  const id = randomUUID();
  // What sentry-cli puts at the beginning of a bundle comes down to this.
  const banner = `globalThis._sentryDebugIds = { [new Error().stack]: "${id}" };`;
  await build({
    config: false,
    cwd: folder,
    entry: { main: SERVICE },
    outDir: folder,
    platform: "node",
    sourcemap: true,
    minify: true,
    banner,
    deps: { alwaysBundle: /./ },
    dts: false,
    clean: false,
    logLevel: "error",
  });
  const bundle = join(folder, "main.mjs");
  const { event, frame } = await eventOf(bundle);
  expect(event?.debug_meta).toEqual({ images: [{ type: "sourcemap", code_file: bundle, debug_id: id }] });
  expect(frame?.filename).toBe(bundle);
  const map = new SourceMap(JSON.parse(readFileSync(`${bundle}.map`, "utf8")));
  const origin = map.findOrigin(frame?.lineno ?? 0, frame?.colno ?? 0);
  expect(origin).toMatchObject({ lineNumber: culpritLine });
  expect(origin).toHaveProperty("fileName", expect.stringMatching(/failing-service\.ts$/));
});
