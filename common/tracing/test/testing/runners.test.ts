import { execFile } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

const FIXTURES = join(import.meta.dirname, "fixtures");
const root = join(import.meta.dirname, "../../../..");

/** Runs a program of the repository to its end; what it wrote, and its exit code. */
function run(program: string, args: readonly string[], cwd: string): Promise<{ code: number; text: string }> {
  const { PATH = "" } = process.env;
  return new Promise((resolve) => {
    execFile(program, args, { cwd, env: { PATH, NO_COLOR: "1" } }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), text: stdout + stderr });
    });
  });
}

/** Jest loads what is published: it strips no types. */
async function runJest(): Promise<{ code: number; text: string }> {
  await run(process.execPath, [join(root, "scripts/build.ts")], root);
  const jest = join(root, "node_modules/jest/bin/jest.js");
  return run(process.execPath, ["--experimental-vm-modules", jest, "--config", "jest.config.json"], FIXTURES);
}

const RUNNERS = {
  Jest: runJest,
  "node:test": () => run(process.execPath, ["--test", "node.fixture.ts"], FIXTURES),
  Vitest: () =>
    run(
      process.execPath,
      [join(root, "node_modules/vitest/vitest.mjs"), "run", "--config", "vitest.config.ts"],
      FIXTURES,
    ),
};

test.each(Object.entries(RUNNERS))(
  "in %s an expectation fails its test alone, with the waterfall",
  { timeout: 120_000 },
  async (_, start) => {
    const { code, text } = await start();
    expect(code).toBe(1);
    expect(text).toMatch(/pass(?:ed)? 1|1 passed/);
    expect(text).toMatch(/fail(?:ed)? 1|1 failed/);
    expect(text).toMatch(/Expected trace [0-9a-f]{32} to have a span with name "pay out"/);
    expect(text).not.toContain("Difference:");
    expect(text).toMatch(/probe .*probe\.v1\.ProbeService\/Unary .*\d (?:µs|ms)/);
  },
);
