import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { FIGURES } from "./figures.ts";
import type { BenchResults } from "./results.ts";
import { SHAPES, VARIANTS } from "./variants.ts";

const bench = (...args: string[]) =>
  promisify(execFile)(process.execPath, [join(import.meta.dirname, "main.ts"), ...args]);

test("one tiny round yields every figure of every variant, on the screen and in the file", async () => {
  const folder = await mkdtemp(join(tmpdir(), "tracekeep-bench-"));
  const json = join(folder, "results.json");
  const tiny = ["--rounds", "1", "--seconds", "0.3", "--warmup", "0.2"];
  const { stdout, stderr } = await bench(...tiny, "--json", json);
  const { machine, results, rounds }: BenchResults = JSON.parse(await readFile(json, "utf8"));
  await rm(folder, { recursive: true });

  const places = SHAPES.flatMap((shape) => VARIANTS.map(({ name }) => ({ shape, variant: name })));
  expect(results).toMatchObject(places);
  expect(rounds).toHaveLength(places.length);
  for (const { shape, variant, figures, droppedSpans } of results) {
    expect(droppedSpans).toBe(0);
    for (const { name } of FIGURES.filter(({ absolute }) => absolute !== true)) {
      expect(figures[name].median, `${name} of ${shape}, ${variant}`).toBeGreaterThan(0);
      expect(figures[name].ratio?.median, `ratio of ${name} of ${shape}, ${variant}`).toBeGreaterThan(0);
    }
    // Few spans may be among few requests at 1 %.
    if (variant === "tracekeep-100") expect(figures.bytesPerRequest.median).toBeGreaterThan(0);
    else if (variant !== "tracekeep-1") expect(figures.bytesPerRequest.median).toBe(0);
  }
  expect(machine).toMatchObject({
    node: process.version,
    tracekeep: expect.stringMatching(/^\d+\.\d+\.\d+/),
  });
  for (const { title } of [...VARIANTS, ...FIGURES]) expect(stdout).toContain(title);
  expect(stderr).toContain("round 1 of 1: leaf, untraced (0:");
}, 120_000);

test.each([
  [["--fast"], "--fast"],
  [["--rounds", "1.5"], "--rounds 1.5: expected a whole number from 1 to 1000"],
  [["--seconds", "0"], "--seconds 0: expected a number from 0.1 to 600"],
  [["--shape", "star"], "--shape star: expected one of leaf, chain"],
  [["--variants", "untraced,datadog"], "--variants datadog: expected one of untraced"],
])("%j is refused with exit code 2 and the reason", async (args, reason) => {
  await expect(bench(...args)).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining(reason) });
});
