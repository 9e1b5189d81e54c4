import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Courier, type Delivery, Spool } from "../../src/spool/index.ts";
import { collectLog } from "../harness/probe.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "tracekeep-courier-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

function openSpool(): Spool {
  return new Spool({
    directory: join(directory, "spool"),
    url: "https://sentry.acme.example/api/1/",
    bytes: 1_048_576,
    maxAgeMs: 60_000,
    destination: "sentry test",
    contentType: "text/plain",
    logger: collectLog().logger,
  });
}

const ACCEPTED: Delivery = { refused: 0 };

/** Leaves three requests in the spool and has them sent, with these answers and then all accepted, until so many were tried. */
async function deliver(answers: readonly Delivery[], tries: number) {
  const writer = openSpool();
  for (const text of ["first", "second", "third"]) writer.save(Buffer.from(text), 2);
  writer.close();
  const spool = openSpool();
  const tried: string[] = [];
  const courier = new Courier({
    spool,
    firstLookMs: 60_000,
    isWell: () => true,
    async deliver(body) {
      tried.push(Buffer.from(body).toString());
      return answers[tried.length - 1] ?? ACCEPTED;
    },
  });
  courier.wake();
  await vi.waitFor(() => expect(tried).toHaveLength(tries));
  await courier.close();
  spool.close();
  return { tried, stats: spool.stats() };
}

test("while the destination is down again nothing more is tried, and all that was not sent stays", async () => {
  const { tried, stats } = await deliver([ACCEPTED, "later"], 2);
  expect(tried).toEqual(["first", "second"]);
  expect(stats).toMatchObject({ sent: 2, refused: 0 });
  const next = openSpool();
  const left = next.claim()?.records.map(({ body }) => Buffer.from(body).toString());
  next.close();
  expect(left).toEqual(["second", "third"]);
});

test("what is refused is counted and not tried again", async () => {
  const { tried, stats } = await deliver([{ refused: 1 }, { refused: 2 }], 3);
  expect(tried).toEqual(["first", "second", "third"]);
  expect(stats).toMatchObject({ sent: 3, refused: 3 });
  expect(readdirSync(join(directory, "spool"))).toEqual([]);
});
