import { spawn } from "node:child_process";
import fs, { mkdirSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { json as readJson, text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { collectLog } from "../harness/probe.ts";
import { openSpool, sendAll, spoolDirectory, URL_A } from "./harness/spools.ts";

let directory: string;
beforeEach(() => {
  directory = spoolDirectory();
});
afterEach(() => {
  vi.useRealTimers();
});

const files = () => readdirSync(directory);
const onlyFile = () => join(directory, files()[0] ?? "");
const program = fileURLToPath(new URL("./fixtures/filler.ts", import.meta.url));

/** Writes 20 records in a process whose files may not grow larger than so many blocks of 512 bytes: writes fail in the middle then. */
async function fillWithin(blocks: number) {
  const shell = `trap "" XFSZ; ulimit -f ${blocks}; exec "$0" "$@"`;
  const child = spawn("sh", ["-c", shell, process.execPath, program, directory, URL_A], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stats, stderr] = await Promise.all([
    readJson(child.stdout) as Promise<{ written: number; failed: number }>,
    text(child.stderr),
  ]);
  return { ...stats, warnings: stderr.match(/tracekeep warning/g)?.length };
}

test("a disk that takes no more does no harm: one warning, and what was written whole is sent", async () => {
  const { written, failed, warnings } = await fillWithin(32);
  expect({ total: written + failed, some: written > 0 && failed > 0, warnings }).toEqual({
    total: 20,
    some: true,
    warnings: 1,
  });
  const spool = openSpool(directory);
  expect(sendAll(spool)).toHaveLength(written);
  expect(spool.stats().damaged).toBe(0);
});

test("a disk that takes nothing is left as it was", async () => {
  expect(await fillWithin(0)).toMatchObject({ written: 0, failed: 20, warnings: 1 });
  expect(files()).toEqual([]);
});

test("after a failure nothing is written for some seconds, and then again", () => {
  vi.useFakeTimers({ toFake: ["Date", "performance"] });
  writeFileSync(directory, "");
  const { lines, logger } = collectLog();
  const spool = openSpool(directory, { logger });
  const save = (text: string) => spool.save(Buffer.from(text), 1);
  expect(save("on a disk that fails")).toBe(false);
  rmSync(directory);
  expect(save("too early")).toBe(false);
  vi.advanceTimersByTime(5_001);
  expect(save("in time")).toBe(true);
  spool.close();
  expect(spool.stats()).toMatchObject({ written: 1, failed: 2 });
  expect(sendAll(openSpool(directory))).toEqual(["in time"]);
  expect(lines).toHaveLength(1);
});

/** A disk that cannot be synchronised, until the test is finished. */
function letSyncFail(): void {
  const sync = vi.spyOn(fs, "fsyncSync").mockImplementation(() => {
    throw Object.assign(new Error("the disk fails"), { code: "EIO" });
  });
  syncBuiltinESMExports();
  onTestFinished(() => {
    sync.mockRestore();
    syncBuiltinESMExports();
  });
}

test("a file that cannot be synchronised is closed and left to others nevertheless", () => {
  const { lines, logger } = collectLog();
  const open = () => readdirSync("/proc/self/fd").length;
  const before = open();
  const spool = openSpool(directory, { logger });
  spool.save(Buffer.from("written"), 1);
  letSyncFail();
  spool.seal();
  expect(open()).toBe(before);
  expect(lines.map(({ message }) => message)).toEqual([expect.stringContaining("synchronised (EIO)")]);
  expect(sendAll(openSpool(directory))).toEqual(["written"]);
});

test("a file that cannot be read now holds no other one up, and is sent once it can be", () => {
  const write = (text: string) => {
    const spool = openSpool(directory);
    spool.save(Buffer.from(text), 1);
    spool.close();
  };
  write("unreadable at first");
  const file = onlyFile();
  write("readable");
  const { size } = statSync(file);
  // More than Node.js reads at once.
  truncateSync(file, 3 * 2 ** 30);
  const { lines, logger } = collectLog();
  const spool = openSpool(directory, { logger });
  expect(sendAll(spool)).toEqual(["readable"]);
  expect(lines.map(({ message }) => message)).toEqual([
    expect.stringContaining("could not be read (ERR_FS_FILE_TOO_LARGE)"),
  ]);
  truncateSync(file, size);
  expect(sendAll(spool)).toEqual(["unreadable at first"]);
  expect(files()).toEqual([]);
});

test("what stands in the place of a file is left alone, and holds no other one up", () => {
  openSpool(directory).save(Buffer.from("first"), 1);
  const [name = ""] = files();
  rmSync(onlyFile());
  const ready = name.replace(/\.open-.*/, ".ready");
  mkdirSync(join(directory, ready));
  const spool = openSpool(directory);
  spool.save(Buffer.from("second"), 1);
  expect(sendAll(spool)).toEqual(["second"]);
  expect(files()).toEqual([ready]);
});
