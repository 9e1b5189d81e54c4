import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Spool } from "../../src/spool/index.ts";
import { openSpool, sendAll, spoolDirectory } from "./harness/spools.ts";

const bytes = 10_000;
const maxAgeMs = 60_000;
let directory: string;
beforeEach(() => {
  directory = spoolDirectory();
  vi.useFakeTimers({ toFake: ["Date", "performance"] });
});
afterEach(() => vi.useRealTimers());

const file = (name: string) => join(directory, name);

/** Writes until there is no room; how much was written. */
function fill(spool: Spool, text: string): number {
  let written = 0;
  while (spool.save(Buffer.from(text.padEnd(1_000)), 1)) written++;
  return written;
}

test("what is too old makes room for what is new, although nothing can be sent, and counts as expired", () => {
  const lost: number[] = [];
  const spool = openSpool(directory, { bytes, maxAgeMs, lost: (spans) => lost.push(spans) });
  const old = fill(spool, "old");
  vi.advanceTimersByTime(maxAgeMs + 1_000);
  const young = fill(spool, "young");
  expect(young).toBe(old);
  expect(spool.stats()).toMatchObject({ written: old + young, expired: old, full: 2 });
  expect(lost).toHaveLength(old);
  const left = sendAll(openSpool(directory));
  expect(left.map((text) => text.trim())).toEqual(Array(young).fill("young"));
});

test("a large file that this process still writes to makes room, too", () => {
  const spool = openSpool(directory, { bytes: 65_536, maxAgeMs });
  expect(spool.save(Buffer.alloc(8_000), 1)).toBe(true);
  vi.advanceTimersByTime(maxAgeMs + 1_000);
  expect(spool.save(Buffer.alloc(60_000), 1)).toBe(true);
  expect(spool.stats()).toMatchObject({ written: 2, expired: 1, full: 0 });
});

test("what another process has left makes room, what is for another destination does not, before its time", () => {
  const others = { url: "https://sentry.acme.example/api/2/", bytes, maxAgeMs };
  for (const more of [{ bytes, maxAgeMs }, others]) {
    const before = openSpool(directory, more);
    for (let i = 0; i < 4; i++) before.save(Buffer.alloc(1_000), 1);
    before.close();
  }
  vi.advanceTimersByTime(maxAgeMs + 1_000);
  const spool = openSpool(directory, { bytes, maxAgeMs });
  expect(fill(spool, "young")).toBe(5);
  vi.advanceTimersByTime(maxAgeMs);
  expect(fill(spool, "younger")).toBe(4);
});

test("what is not too old stays, also in one file with what is", () => {
  const spool = openSpool(directory, { bytes: 16_384, maxAgeMs });
  spool.save(Buffer.from("old"), 1);
  vi.advanceTimersByTime(maxAgeMs - 10_000);
  spool.save(Buffer.from("young"), 1);
  fill(spool, "filling");
  vi.advanceTimersByTime(20_000);
  expect(fill(spool, "no room")).toBe(0);
  vi.advanceTimersByTime(2_000);
  expect(fill(spool, "no room")).toBe(0);
  expect(spool.stats()).toMatchObject({ expired: 1, full: 3 });
  expect(sendAll(openSpool(directory))[0]).toBe("young");
});

test("a full directory is looked into again after a second, and not with each request", () => {
  const spool = openSpool(directory, { bytes, maxAgeMs });
  fill(spool, "first");
  for (const name of readdirSync(directory)) rmSync(file(name));
  expect(fill(spool, "second")).toBe(0);
  vi.advanceTimersByTime(1_001);
  expect(fill(spool, "second")).toBeGreaterThan(8);
});

test("once something was sent, there is room at once", () => {
  const spool = openSpool(directory, { bytes, maxAgeMs });
  fill(spool, "first");
  const sent = sendAll(spool).length;
  expect(fill(spool, "second")).toBe(sent);
});
