import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Courier, type Delivery, Spool } from "../../src/spool/index.ts";
import { collectLog } from "../harness/probe.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "tracekeep-courier-"));
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(directory, { recursive: true });
});

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

/** Leaves requests in the spool, in one file. */
function leave(...texts: readonly string[]): void {
  const writer = openSpool();
  for (const text of texts) writer.save(Buffer.from(text), 2);
  writer.close();
}

/** What is in the spool still. */
function left(): string[] {
  const spool = openSpool();
  const texts: string[] = [];
  const seen = new Set<string>();
  for (;;) {
    const claim = spool.claim((id) => !seen.has(id));
    if (claim === undefined) return texts;
    seen.add(claim.id);
    texts.push(...claim.records.map(({ body }) => Buffer.from(body).toString()));
    claim.close();
  }
}

function openCourier(answer: (text: string, tries: number) => Delivery) {
  const spool = openSpool();
  const tried: string[] = [];
  const courier = new Courier({
    spool,
    firstLookMs: 60_000,
    isWell: () => true,
    async deliver(body) {
      const text = Buffer.from(body).toString();
      tried.push(text);
      return answer(text, tried.length);
    },
  });
  return { courier, spool, tried };
}

/** Leaves three requests in the spool and has them sent, with these answers and then all accepted. */
async function deliver(answers: readonly Delivery[]) {
  leave("first", "second", "third");
  const { courier, spool, tried } = openCourier((_, tries) => answers[tries - 1] ?? ACCEPTED);
  await courier.wake();
  await courier.close();
  spool.close();
  return { tried, stats: spool.stats() };
}

test("while the destination is down again nothing more is tried, and all that was not sent stays", async () => {
  const { tried, stats } = await deliver([ACCEPTED, "later"]);
  expect(tried).toEqual(["first", "second"]);
  expect(stats).toMatchObject({ sent: 2, refused: 0 });
  expect(left()).toEqual(["second", "third"]);
});

test("what is refused is counted and not tried again", async () => {
  const { tried, stats } = await deliver([{ refused: 1 }, { refused: 2 }]);
  expect(tried).toEqual(["first", "second", "third"]);
  expect(stats).toMatchObject({ sent: 3, refused: 3 });
  expect(readdirSync(join(directory, "spool"))).toEqual([]);
});

test("a record that cannot be delivered holds no other one up, and is tried again behind the others", async () => {
  const never = new Set(["first", "third"]);
  const { courier, tried, spool } = openCourier((text) => (never.has(text) ? "later" : ACCEPTED));
  leave("first", "second", "third", "fourth");
  await courier.wake();
  await courier.wake();
  expect(tried).toEqual(["first", "second", "third"]);
  await courier.wake();
  expect(tried.slice(3)).toEqual(["fourth", "first"]);
  leave("fifth");
  await courier.wake();
  expect(tried.slice(5)).toEqual(["fifth", "third"]);
  never.delete("first");
  await courier.wake();
  expect(tried.slice(7)).toEqual(["first", "third"]);
  expect(spool.stats()).toMatchObject({ sent: 8 });
  await courier.close();
  expect(left()).toEqual(["third"]);
});

test("a destination that is down is asked once a round, however much waits", async () => {
  const { courier, tried } = openCourier(() => "later");
  leave("first", "second");
  leave("third");
  for (let i = 1; i <= 10; i++) {
    await courier.wake();
    expect(tried).toHaveLength(i);
  }
  await courier.close();
  expect(left()).toEqual(["first", "second", "third"]);
});

test("whatever cannot be delivered, the rest is, and is sent once", async () => {
  const texts = Array.from({ length: 12 }, (_, index) => `record ${index}`);
  await fc.assert(
    fc.asyncProperty(fc.subarray(texts), fc.integer({ min: 1, max: 5 }), async (never, inAFile) => {
      const { courier, tried } = openCourier((text) => (never.includes(text) ? "later" : ACCEPTED));
      for (let at = 0; at < texts.length; at += inAFile) leave(...texts.slice(at, at + inAFile));
      for (let i = 0; i <= never.length; i++) await courier.wake();
      await courier.close();
      const sent = tried.filter((text) => !never.includes(text));
      expect(sent.toSorted()).toEqual(texts.filter((text) => !never.includes(text)).toSorted());
      expect(left().toSorted()).toEqual(never.toSorted());
      rmSync(join(directory, "spool"), { recursive: true });
    }),
    { numRuns: 20 },
  );
});

test("what cannot be delivered is thrown away once it is too old", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  const { courier, tried, spool } = openCourier(() => "later");
  leave("never");
  await courier.wake();
  await courier.wake();
  vi.setSystemTime(Date.now() + 60_001);
  await courier.wake();
  await courier.close();
  expect(tried).toEqual(["never", "never"]);
  expect(spool.stats()).toMatchObject({ sent: 0, expired: 2 });
  expect(readdirSync(join(directory, "spool"))).toEqual([]);
});
