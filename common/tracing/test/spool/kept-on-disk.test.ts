import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ExportQueue } from "../../src/export/export-queue.ts";
import { KeptOnDisk } from "../../src/export/kept-on-disk.ts";
import { keptRequests } from "../../src/export/kept-requests.ts";
import type { Outgoing } from "../../src/export/outgoing.ts";
import { createHttpSender } from "../../src/transport/http-sender.ts";
import { collectLog } from "../harness/probe.ts";
import { readSpooled } from "./harness/spools.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "tracekeep-disk-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const item = (text: string, kept = true): Outgoing => ({ bytes: Buffer.from(text), kept, spans: 1 });
const wire = {
  encode: (items: readonly Outgoing[]) => Buffer.concat(items.map(({ bytes }) => bytes)),
  mostItems: 2,
  categories: new Set<string>(),
};

function openDisk(mostBytes = 1_000) {
  let saved = 0;
  const lost: Outgoing[] = [];
  const disk = new KeptOnDisk<Outgoing>({
    spool: { directory: join(directory, "spool"), bytes: 1_048_576, maxAgeMs: 60_000 },
    destination: "sentry test",
    sender: createHttpSender({ url: "http://127.0.0.1:9/", headers: {}, timeoutMs: 100 }),
    wire,
    intervalMs: 60_000,
    mostBytes,
    isWell: () => false,
    deliver: () => Promise.resolve("later"),
    saved: (spans) => {
      saved += spans;
    },
    lost: (items) => void lost.push(...items),
    expired() {},
    logger: collectLog().logger,
  });
  return { disk, lost, saved: () => saved };
}

test("what is taken back on its way is not written as well", async () => {
  const { disk, saved } = openDisk();
  disk.put([item("a"), item("b")]);
  expect(disk.takeBack()).toHaveLength(2);
  expect(disk.takeBack()).toEqual([]);
  // Compressing ends in the meantime; that nothing comes of it has no event of its own.
  await delay(100);
  expect(disk.stats()).toMatchObject({ written: 0 });
  expect(saved()).toBe(2);
  await disk.close();
});

test("what is too much to be on its way is lost, and said to be", async () => {
  const { disk, lost, saved } = openDisk(3);
  disk.put([item("aaa")]);
  const late = item("b");
  disk.put([late]);
  expect(lost).toEqual([late]);
  while (disk.stats().written === 0) await delay(5);
  expect([disk.stats().written, saved()]).toEqual([1, 1]);
  await disk.close();
});

test("where there is nothing to write, nothing is written", async () => {
  const { disk, saved } = openDisk(3);
  const queue = new ExportQueue<Outgoing>(3, 3, () => {});
  disk.putBackInto(queue, [item("aaaa", false)]);
  disk.put([item("b")]);
  while (disk.stats().written === 0) await delay(5);
  await disk.close();
  expect(saved()).toBe(1);
  expect(readSpooled(join(directory, "spool"))).toEqual(["b"]);
});

test("only kept traces become requests, each with as much as it may hold", () => {
  const items = [item("a"), item("x", false), item("b"), item("c")];
  const requests = keptRequests(items, wire).map(({ encode, spans }) => [
    Buffer.from(encode()).toString(),
    spans,
  ]);
  expect(requests).toEqual([
    ["ab", 2],
    ["c", 1],
  ]);
});
