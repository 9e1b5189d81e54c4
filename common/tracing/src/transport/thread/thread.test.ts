import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Worker } from "node:worker_threads";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import { fixture, runNode } from "../../../test/harness/run-node.ts";
import type { HttpSender } from "../http-sender.ts";
import { Senders } from "./senders.ts";
import { SendingThread } from "./sending-thread.ts";

const program = new URL("./tracekeep-thread.ts", import.meta.url);

let server: Server;
let url: string;
let senders: Senders;
let sender: HttpSender;
let bodies: string[];
let answers = true;

beforeEach(async () => {
  [bodies, answers] = [[], true];
  server = createServer(async (request, response) => {
    bodies.push((await request.toArray()).join(""));
    if (answers) response.end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  senders = new Senders(new SendingThread(program));
  sender = senders.create({ url, headers: {}, timeoutMs: 20_000 });
});
afterEach(async () => {
  await sender.close();
  server.closeAllConnections();
  server.close();
});

const post = (text: string) => sender.post(Buffer.from(text));

/** The threads that are running, of those that begin from now on. */
function watchThreads(): Set<Worker> {
  const running = new Set<Worker>();
  const note = (worker: Worker) => {
    running.add(worker);
    worker.on("exit", () => running.delete(worker));
  };
  process.on("worker", note);
  onTestFinished(() => void process.off("worker", note));
  return running;
}

test("requests are made elsewhere, by a thread that is gone after the last sender's end", async () => {
  const threads = watchThreads();
  let here = 0;
  const count = () => void here++;
  subscribe("http.client.request.created", count);
  const other = senders.create({ url, headers: {}, timeoutMs: 20_000 });
  expect((await post("one")).status).toBe(200);
  expect((await other.post(Buffer.from("two"))).status).toBe(200);
  await other.close();
  expect((await post("three")).status).toBe(200);
  expect(threads.size).toBe(1);
  await Promise.all([sender.close(), sender.close()]);
  expect(threads.size).toBe(0);
  // Another one begins for those that come later.
  sender = senders.create({ url, headers: {}, timeoutMs: 20_000 });
  expect((await post("four")).status).toBe(200);
  unsubscribe("http.client.request.created", count);
  expect([here, threads.size, bodies]).toEqual([0, 1, ["one", "two", "three", "four"]]);
});

test("bytes stay whose they are, and are compressed with what gzip is told", async () => {
  const text = "The same again. ".repeat(10_000);
  const body = Buffer.from(text);
  const [best, least] = await Promise.all([senders.compress(body), senders.compress(body, { level: 0 })]);
  expect(body.toString()).toBe(text);
  expect(gunzipSync(best).toString()).toBe(text);
  expect(gunzipSync(least).toString()).toBe(text);
  expect(best.length * 100).toBeLessThan(least.length);
  await expect(senders.compress(body, { level: 99 })).rejects.toThrow("level");
});

test("what is compressed after the last sender's end is so here: no thread is left behind", async () => {
  const threads = watchThreads();
  expect((await post("one")).status).toBe(200);
  await sender.close();
  expect(gunzipSync(await senders.compress(Buffer.from("late"))).toString()).toBe("late");
  expect(threads.size).toBe(0);
});

test("it holds nothing of the request that was the first to need it", async () => {
  const settings = { env: { TARGET: url }, flags: ["--expose-gc"] };
  expect((await runNode(fixture("first-request.ts"), settings)).stdout).toBe("let go\n");
});

test("a thread that dies takes nothing with it: what it was asked for is done here", async () => {
  const started = once(process, "worker");
  expect((await post("one")).status).toBe(200);
  const [worker] = (await started) as [Worker];
  answers = false;
  const result = post("two");
  while (bodies.length < 2) await new Promise(setImmediate);
  answers = true;
  const [answer] = await Promise.all([result, senders.compress(Buffer.from("x")), worker.terminate()]);
  expect(answer.status).toBe(200);
  expect(bodies).toEqual(["one", "two", "two"]);
});

test.each([
  { where: "with Node's permission model", flags: ["--permission", "--allow-fs-read=*"], is: "here" },
  { where: "with a service's preload", flags: [], is: "there" },
])("$where: a request is made $is, and the process ends by itself", async ({ flags, is }) => {
  const env = { TARGET: url, NODE_OPTIONS: `--import ${fixture("says-its-thread.mjs")}` };
  const program = fixture("posts-once.ts");
  const { code, stdout, stderr } = await runNode(program, { env, flags });
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toBe(`main thread\n200, made ${is}\n`);
  expect(bodies).toEqual(["from a process"]);
});
