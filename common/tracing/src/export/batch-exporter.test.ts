import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { collectLog } from "../../test/harness/probe.ts";
import { createHttpSender } from "../transport/http-sender.ts";
import { BatchExporter, type BatchExporterOptions } from "./batch-exporter.ts";
import type { Outgoing } from "./outgoing.ts";

type Fails = (body: string) => boolean;
type Exporter = BatchExporter<Outgoing>;

/** Whether a request is to fail, and how. */
let fails: Fails;
let fail: (request: IncomingMessage, response: ServerResponse) => void;
let headers: Record<string, string>;
let taken: string[];
let requests: number;
let url: string;
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString();
  requests++;
  if (fails(body)) return fail(request, response);
  taken.push(...body.split(" ").filter((name) => name !== ""));
  response.writeHead(200, headers).end("{}");
});
const cutOff = (request: IncomingMessage): void => void request.socket.destroy();
const badGateway = (_request: IncomingMessage, response: ServerResponse): void =>
  void response.writeHead(502).end();

let directory: string;
beforeEach(async () => {
  [fails, fail, headers, taken, requests] = [() => false, cutOff, {}, [], 0];
  directory = mkdtempSync(join(tmpdir(), "tracekeep-export-"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(directory, { recursive: true });
});

function startExporter(more: Partial<BatchExporterOptions<Outgoing>> = {}, mostItems = 100): Exporter {
  return new BatchExporter<Outgoing>({
    destination: "sentry test",
    sender: createHttpSender({ url, headers: {}, timeoutMs: 2_000, concurrency: more.concurrency ?? 1 }),
    wire: {
      encode: (items) => Buffer.concat(items.map(({ bytes }) => bytes)),
      mostItems,
      categories: new Set(["span"]),
    },
    queueBytes: 10_000,
    batchBytes: 1_000,
    intervalMs: 20,
    concurrency: 1,
    gzip: false,
    logger: collectLog().logger,
    ...more,
  });
}

const add = (exporter: Exporter, name: string, kept = false): void =>
  exporter.add({ bytes: Buffer.from(`${name} `), kept, spans: 1 });
const names = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, index) => `span-${from + index}`);
const isPoisoned: Fails = (body) => body.includes("poison");

/** A flush does not wait for the end of a pause. */
async function flushUntil(exporter: Exporter, isDone: () => boolean, before = (): void => {}): Promise<void> {
  for (let tries = 0; !isDone(); tries++) {
    expect(tries, JSON.stringify(exporter.stats())).toBeLessThan(100);
    before();
    await exporter.flush();
  }
}

test.each([
  ["cuts off", () => cutOff, 1, 100],
  ["answers with 502", () => badGateway, 1, 100],
  ["cuts off, one span a request, four at a time,", () => cutOff, 4, 1],
])(
  "a span for which a server %s holds no other up, and is given up while they get through",
  async (...how) => {
    const [, way, concurrency, mostItems] = how;
    [fails, fail] = [isPoisoned, way()];
    const told: unknown[] = [];
    const dropped: BatchExporterOptions<Outgoing>["dropped"] = (reason, lost) =>
      told.push({ reason, ...lost });
    const exporter = startExporter({ concurrency, dropped }, mostItems);
    for (const name of [...names(0, 7), "poison", ...names(7, 20)]) add(exporter, name);
    await flushUntil(exporter, () => exporter.stats().sent === 20);
    let more = 20;
    await flushUntil(
      exporter,
      () => exporter.stats().dropped.refused > 0,
      () => add(exporter, `span-${more++}`),
    );
    await flushUntil(exporter, () => exporter.stats().queuedSpans === 0);
    expect(taken.toSorted()).toEqual(names(0, more).toSorted());
    expect(exporter.stats()).toMatchObject({ sent: more, dropped: { refused: 1, queue_full: 0 } });
    // Unlike what it has refused itself, the server has not counted it.
    expect(told).toEqual([{ reason: "undeliverable", spans: 1, items: 1 }]);
    await exporter.shutdown(0);
  },
);

test("several such spans at once are found, too", async () => {
  fails = isPoisoned;
  const exporter = startExporter();
  const poisoned = ["poison", ...names(0, 5), "poison", ...names(5, 10), "poison"];
  for (const name of poisoned) add(exporter, name, true);
  let more = 10;
  await flushUntil(
    exporter,
    () => exporter.stats().dropped.refused === 3,
    () => add(exporter, `span-${more++}`),
  );
  await flushUntil(exporter, () => exporter.stats().queuedSpans === 0);
  expect(taken.toSorted()).toEqual(names(0, more).toSorted());
  await exporter.shutdown(0);
});

test("a shutdown has time enough to send the others", async () => {
  fails = isPoisoned;
  const exporter = startExporter();
  for (const name of [...names(0, 7), "poison", ...names(7, 40)]) add(exporter, name);
  await exporter.shutdown(3_000);
  expect(taken.toSorted()).toEqual(names(0, 40).toSorted());
  expect(exporter.stats().dropped).toMatchObject({ refused: 0, shutdown: 1 });
});

test("what is too large for a server that cuts off instead of saying so is sent in parts", async () => {
  fails = (body) => body.length > 60;
  const exporter = startExporter();
  for (const name of names(0, 40)) add(exporter, name);
  await flushUntil(exporter, () => exporter.stats().queuedSpans === 0);
  expect(taken.toSorted()).toEqual(names(0, 40).toSorted());
  await exporter.shutdown(0);
});

test("an outage costs nothing, however often it is tried, and is over with one span and then all others", async () => {
  fails = () => true;
  const exporter = startExporter();
  for (const name of names(0, 20)) add(exporter, name, Number(name.slice(-1)) % 2 === 0);
  for (let tries = 0; tries < 60; tries++) await exporter.flush();
  expect(exporter.stats().queuedSpans).toBe(20);
  fails = () => false;
  requests = 0;
  await flushUntil(exporter, () => exporter.stats().queuedSpans === 0);
  expect(taken.toSorted()).toEqual(names(0, 20).toSorted());
  expect(requests).toBeLessThanOrEqual(2);
  expect(exporter.stats().dropped).toMatchObject({ refused: 0, queue_full: 0 });
  await exporter.shutdown(0);
});

test("a limit that is told in the answer to what comes from the spool holds for what comes next", async () => {
  const spool = { directory: join(directory, "spool"), bytes: 1_048_576, maxAgeMs: 60_000 };
  fails = () => true;
  const before = startExporter({ spool });
  add(before, "saved", true);
  await before.shutdown(300);
  headers = { "x-sentry-rate-limits": "60:span:organization" };
  const exporter = startExporter({ spool });
  fails = () => {
    // Before the answer: it is to be sent after the interval.
    add(exporter, "kept", true);
    return false;
  };
  await vi.waitFor(() => expect(exporter.stats().spool).toMatchObject({ sent: 1 }), 5_000);
  add(exporter, "sampled");
  // Longer than the interval; that nothing is sent has no event of its own.
  await delay(100);
  expect(exporter.stats()).toMatchObject({ dropped: { rate_limited: 1 }, queuedSpans: 1 });
  expect(taken).toEqual(["saved"]);
  await exporter.shutdown(0);
});
