import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { startChild } from "./child.ts";

async function program(source: string): Promise<URL> {
  const folder = await mkdtemp(join(tmpdir(), "tracekeep-bench-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, "program.mjs");
  await writeFile(file, source);
  return pathToFileURL(file);
}

test("a process that does not start is shown with its exit code and what it wrote", async () => {
  const file = await program(`console.error("no port is free"); process.exit(3);`);
  await expect(startChild(file, { name: "intake" })).rejects.toThrow(
    "The intake process ended (exit code 3).\nno port is free",
  );
});

test("a process that ends in the middle of a question is shown with what it wrote", async () => {
  const file = await program(`
    process.send("ready");
    process.on("message", () => { console.log("out of memory"); process.kill(process.pid, "SIGKILL"); });`);
  await using child = await startChild<string>(file, { name: "load" });
  expect(child.ready).toBe("ready");
  await expect(child.ask("how many?")).rejects.toThrow("The load process ended (SIGKILL).\nout of memory");
});

test("a process is gone once it is disposed of", async () => {
  const file = await program(`process.send(process.pid); process.on("disconnect", () => process.exit());`);
  const child = await startChild<number>(file, { name: "service" });
  await child[Symbol.asyncDispose]();
  expect(() => process.kill(child.ready, 0)).toThrow("ESRCH");
});
