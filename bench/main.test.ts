import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { FIGURES, type FigureName } from "./requests/figures.ts";
import { titleOf } from "./requests/variants.ts";
import type { BenchResults } from "./results.ts";

const bench = (...args: string[]) =>
  promisify(execFile)(process.execPath, [join(import.meta.dirname, "main.ts"), ...args]);

/** In a tiny round there may be none of it, but hardly in all. */
const RARE: ReadonlySet<FigureName> = new Set(["eventLoopDelay", "gcPerRequest"]);

test("one tiny round yields every figure of every variant, on the screen and in the file", async () => {
  const folder = await mkdtemp(join(tmpdir(), "tracekeep-bench-"));
  const json = join(folder, "results.json");
  const tiny = [
    "--sources",
    "--rounds",
    "1",
    "--turns",
    "2",
    "--seconds",
    "0.3",
    "--warmup",
    "0.2",
    "--failing",
    "0",
  ];
  const chosen = ["untraced", "untraced-again", "interceptors", "tracekeep-disabled", "tracekeep-100"];
  const { stdout, stderr } = await bench("requests", ...tiny, "--variants", chosen.join(","), "--json", json);
  const { loads: [run] = [] }: BenchResults = JSON.parse(await readFile(json, "utf8"));
  await rm(folder, { recursive: true });

  expect(run?.machine.node).toBe(process.version);
  expect(run?.library).toBe("sources");
  const places = ["leaf", "chain", "stream"].flatMap((shape) =>
    chosen.map((variant) => ({ shape, variant })),
  );
  expect(run?.rounds).toMatchObject(places);
  for (const { shape, variant, figures, droppedSpans } of run?.rounds ?? []) {
    const place = `${shape}, ${variant}`;
    expect(droppedSpans, place).toBe(0);
    for (const { name } of FIGURES.filter(({ absolute }) => absolute !== true))
      expect(figures[name], `${name} of ${place}`).toBeGreaterThanOrEqual(RARE.has(name) ? 0 : 1e-9);
    if (variant === "tracekeep-100") expect(figures.bytesPerRequest, place).toBeGreaterThan(0);
    else expect(figures, place).toMatchObject({ bytesPerRequest: 0, spansPerRequest: 0 });
  }
  for (const name of RARE)
    expect(
      run?.rounds.some(({ figures }) => figures[name] > 0),
      name,
    ).toBe(true);
  for (const title of [...chosen.map(titleOf), ...FIGURES.map((figure) => figure.title)])
    expect(stdout).toContain(title);
  expect(stderr).toContain("1 of 45: round 1 of 1, leaf, untraced, warm-up (0:");
}, 120_000);

test("options that cannot be understood end with exit code 2, the reason and where to look", async () => {
  const refused = { code: 2, stderr: expect.stringMatching(/--shape star: .*\nSee npm run bench -- --help/) };
  await expect(bench("--shape", "star")).rejects.toMatchObject(refused);
});
