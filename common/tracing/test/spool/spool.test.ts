import { spawn } from "node:child_process";
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Spool, SpoolOptions } from "../../src/spool/index.ts";
import { collectLog } from "../harness/probe.ts";
import { runNode } from "../harness/run-node.ts";
import { openSpool as openSpoolIn } from "./harness/spools.ts";

const URL_A = "https://sentry.acme.example/api/1/";
let directory: string;
let opened: Spool[] = [];
beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), "tracekeep-spool-")), "spool");
});
afterEach(() => {
  vi.useRealTimers();
  for (const spool of opened) spool.close();
  opened = [];
  rmSync(join(directory, ".."), { recursive: true });
});

function openSpool(more: Partial<SpoolOptions> = {}): Spool {
  const spool = openSpoolIn(directory, more);
  opened.push(spool);
  return spool;
}

/** Sends all that the spool gives; the bodies. */
function sendAll(spool: Spool): string[] {
  const bodies: string[] = [];
  for (let claim = spool.claim(); claim !== undefined; claim = spool.claim()) {
    for (const record of claim.records) {
      bodies.push(Buffer.from(record.body).toString());
      claim.settle(record);
    }
    claim.close();
  }
  return bodies;
}

const files = () => readdirSync(directory);
const onlyFile = () => join(directory, files()[0] ?? "");

/** Writes records and leaves them to others. */
function write(bodies: readonly string[], more: Partial<SpoolOptions> = {}): Spool {
  const spool = openSpool(more);
  for (const body of bodies) expect(spool.save(Buffer.from(body), 1)).toBe(true);
  spool.close();
  return spool;
}

test("what was written is read by another one, in its order, and gone then", () => {
  write(["first", "second", "third"]);
  expect(sendAll(openSpool())).toEqual(["first", "second", "third"]);
  expect(files()).toEqual([]);
});

test("whatever the bodies are, they come back as they were", () => {
  const bodies = fc.array(fc.uint8Array({ maxLength: 2_000 }), { maxLength: 20 });
  fc.assert(
    fc.property(bodies, (written) => {
      const spool = openSpool();
      for (const body of written) spool.save(body, 1);
      spool.close();
      const read: Uint8Array[] = [];
      const reader = openSpool();
      for (let claim = reader.claim(); claim !== undefined; claim = reader.claim()) {
        read.push(...claim.records.map(({ body }) => Uint8Array.from(body)));
        for (const record of claim.records) claim.settle(record);
        claim.close();
      }
      expect(read).toEqual(written);
    }),
    { numRuns: 50 },
  );
});

test("only the user may look into the directory and its files", () => {
  openSpool().save(Buffer.from("secret"), 1);
  expect(statSync(directory).mode & 0o777).toBe(0o700);
  expect(statSync(onlyFile()).mode & 0o777).toBe(0o600);
});

test("neither the names nor the files hold a key or the URL", () => {
  write(["body"], { url: "https://collector.example/v1/TOKEN-IN-PATH" });
  expect(files().join()).not.toContain("TOKEN");
  expect(readFileSync(onlyFile(), "latin1")).not.toContain("TOKEN");
});

test("what is for one destination is not sent to another one", () => {
  write(["for a"]);
  expect(sendAll(openSpool({ url: "https://sentry.acme.example/api/2/" }))).toEqual([]);
  expect(sendAll(openSpool({ contentType: "application/json" }))).toEqual([]);
  expect(sendAll(openSpool())).toEqual(["for a"]);
});

test("of a file that was torn anywhere, the records before are read", () => {
  const lengths: number[] = [];
  for (let cut = 1; cut <= 60; cut++) {
    write(["first", "second", "x".repeat(20)]);
    const file = onlyFile();
    truncateSync(file, statSync(file).size - cut);
    const spool = openSpool();
    lengths.push(sendAll(spool).length);
    expect(spool.stats().damaged).toBe(1);
  }
  expect(new Set(lengths)).toEqual(new Set([2]));
});

test("a record whose bytes have changed is skipped, the others are read", () => {
  write(["first", "second", "third"]);
  const file = onlyFile();
  const bytes = readFileSync(file);
  const at = bytes.indexOf("second");
  bytes[at] = 0;
  writeFileSync(file, bytes);
  const spool = openSpool();
  expect(sendAll(spool)).toEqual(["first", "third"]);
  expect(spool.stats().damaged).toBe(1);
});

test("files of somebody else's are left alone, and rubbish behind a record does no harm", () => {
  write(["first"]);
  appendFileSync(onlyFile(), Buffer.alloc(1_000, 7));
  writeFileSync(join(directory, "notes.txt"), "not ours");
  expect(sendAll(openSpool())).toEqual(["first"]);
  expect(files()).toEqual(["notes.txt"]);
});

test("what was not sent of a claim is sent by the next one, and what was sent is not", () => {
  write(["first", "second", "third"]);
  const claim = openSpool().claim();
  const [first] = claim?.records ?? [];
  if (claim === undefined || first === undefined) expect.fail("nothing could be claimed");
  claim.settle(first);
  claim.close();
  expect(sendAll(openSpool())).toEqual(["second", "third"]);
});

test("processes that claim at the same time send each record once", async () => {
  const bodies = Array.from({ length: 60 }, (_, index) => `record ${index}`);
  for (const body of bodies) write([body]);
  const program = fileURLToPath(new URL("./fixtures/claimer.ts", import.meta.url));
  const at = String(Date.now() + 1_500);
  const ended = await Promise.all([1, 2, 3].map(() => runNode(program, { args: [directory, URL_A, at] })));
  expect(ended.map(({ code, stderr }) => ({ code, stderr }))).toEqual(Array(3).fill({ code: 0, stderr: "" }));
  const sent = ended.flatMap(({ stdout }) => stdout.split("\n").filter((line) => line !== ""));
  expect(sent.toSorted()).toEqual(bodies.toSorted());
});

/** A process that has died, with its id. */
async function deadProcess(): Promise<number> {
  const child = spawn(process.execPath, ["--eval", ""]);
  await new Promise((resolve) => child.on("close", resolve));
  return child.pid ?? expect.fail("no process");
}

/** Makes a file look as if this process id had it. */
function giveTo(pid: number, scope?: string): void {
  const name = files()[0] ?? "";
  const owner = /([0-9a-f]{8})-\d+-[0-9a-f]{8}$/;
  renameSync(
    join(directory, name),
    join(
      directory,
      name.replace(owner, (_, own) => `${scope ?? own}-${pid}-00000000`),
    ),
  );
}

test.each(["open", "claim"])("a file that a dead process had is taken over at once: %s", async (state) => {
  const writer = openSpool();
  writer.save(Buffer.from("orphan"), 1);
  if (state === "claim") {
    writer.seal();
    writer.claim();
  }
  expect(sendAll(openSpool())).toEqual([]);
  giveTo(await deadProcess());
  expect(sendAll(openSpool())).toEqual(["orphan"]);
});

test("a file of another machine is taken over once it has been silent for long, and not before", async () => {
  openSpool().save(Buffer.from("orphan"), 1);
  giveTo(await deadProcess(), "0badcafe");
  expect(sendAll(openSpool())).toEqual([]);
  const longAgo = Date.now() / 1_000 - 120;
  utimesSync(onlyFile(), longAgo, longAgo);
  expect(sendAll(openSpool())).toEqual(["orphan"]);
});

test("a live owner is heard of, however long it takes", () => {
  vi.useFakeTimers();
  openSpool().save(Buffer.from("mine"), 1);
  const longAgo = Date.now() / 1_000 - 120;
  utimesSync(onlyFile(), longAgo, longAgo);
  vi.advanceTimersByTime(20_000);
  giveTo(1, "0badcafe");
  expect(sendAll(openSpool())).toEqual([]);
});

test("what is too old is thrown away and counted, the rest is sent", () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  write(["old"]);
  vi.setSystemTime(Date.now() + 40_000);
  write(["young"]);
  vi.setSystemTime(Date.now() + 30_000);
  const lost: number[] = [];
  const spool = openSpool({ lost: (spans) => lost.push(spans) });
  expect(sendAll(spool)).toEqual(["young"]);
  expect([spool.stats().expired, lost]).toEqual([1, [1]]);
  expect(files()).toEqual([]);
});

test("files of a destination that nobody serves any more are removed in the end", () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  write(["for nobody"], { url: "https://gone.example/" });
  vi.setSystemTime(Date.now() + 121_000);
  const spool = openSpool();
  expect(sendAll(spool)).toEqual([]);
  expect([files(), spool.stats().expired]).toEqual([[], 1]);
});

test("all files together keep to the bound, whoever writes them", () => {
  const body = Buffer.alloc(1_000);
  const { lines, logger } = collectLog();
  const [one, other] = [openSpool({ bytes: 10_000 }), openSpool({ bytes: 10_000, logger })];
  for (let i = 0; i < 20; i++) (i % 2 === 0 ? one : other).save(body, 3);
  const bytes = files().reduce((sum, name) => sum + statSync(join(directory, name)).size, 0);
  expect(bytes).toBeGreaterThan(8_000);
  expect(bytes).toBeLessThanOrEqual(10_000);
  const [a, b] = [one.stats(), other.stats()];
  expect(a.written + b.written + a.full + b.full).toBe(60);
  expect(lines.map(({ message }) => message)).toEqual([
    "The spool is full (TRACE_SPOOL_BYTES): spans of kept traces are dropped.",
  ]);
});

test.each([
  ["a file where the directory should be", () => writeFileSync(directory, "")],
  ["a directory that cannot be made", () => (directory = "/proc/tracekeep/spool")],
])("%s does no harm: one warning, and counted", (_, prepare) => {
  const usual = directory;
  prepare();
  const { lines, logger } = collectLog();
  const spool = openSpool({ logger });
  directory = usual;
  for (let i = 0; i < 5; i++) expect(spool.save(Buffer.from("lost"), 2)).toBe(false);
  expect(spool.claim()).toBeUndefined();
  spool.close();
  expect(spool.stats()).toMatchObject({ written: 0, failed: 10 });
  expect(lines.map(({ level }) => level)).toEqual(["warn"]);
  expect(lines[0]?.message).toContain("check TRACE_SPOOL_DIR");
});
