import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { fixture, runNode } from "../../test/harness/run-node.ts";
import { createHttpSender, type HttpSender, type HttpSenderOptions } from "./http-sender.ts";
import { faultOfError } from "./request-fault.ts";

let server: Server;
let sender: HttpSender;
let connections = 0;
let requests = 0;
let answers = true;
/** Whether the server closes the connection of a request that comes over it, knowing how many came before. */
let closes = (_before: number) => false;

beforeEach(async () => {
  [connections, requests, answers, closes] = [0, 0, true, () => false];
  const before = new WeakMap<object, number>();
  server = createServer((request, response) => {
    requests++;
    const { socket } = request;
    const earlier = before.get(socket) ?? 0;
    before.set(socket, earlier + 1);
    if (closes(earlier)) socket.destroy();
    else if (answers) request.resume().on("end", () => response.end("{}"));
  });
  server.on("connection", () => connections++);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterEach(async () => {
  await sender.close();
  server.closeAllConnections();
  server.close();
});

const optionsFor = (concurrency: number): HttpSenderOptions => {
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, headers: {}, timeoutMs: 400, concurrency };
};

/** How many connections the server still has. */
const alive = () =>
  new Promise<number>((resolve, reject) =>
    server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
  );
const post = () => sender.post(Buffer.from("body")).then(({ status }) => status, String);

beforeEach(() => {
  sender = createHttpSender(optionsFor(1));
});

test("requests that are made at once go one after the other, over one connection", async () => {
  expect(await Promise.all([post(), post(), post(), post()])).toEqual([200, 200, 200, 200]);
  expect({ connections, requests }).toEqual({ connections: 1, requests: 4 });
});

test("the time limit counts for those that wait, too", async () => {
  answers = false;
  const from = performance.now();
  const results = await Promise.all([post(), post(), post()]);
  expect(new Set(results)).toEqual(new Set(["Error: no answer within 400 ms"]));
  expect(performance.now() - from).toBeLessThan(1_100);
  answers = true;
  expect(await post()).toBe(200);
});

test("close breaks off the request under way and those that wait, and leaves no connection", async () => {
  answers = false;
  const results = Promise.all([post(), post(), post()]);
  while (requests === 0) await delay(5);
  const from = performance.now();
  await sender.close();
  expect(new Set(await results)).toEqual(new Set(["Error: the sender is closed"]));
  expect(performance.now() - from).toBeLessThan(300);
  await delay(50);
  expect(await alive()).toBe(0);
  expect({ connections, requests }).toEqual({ connections: 1, requests: 1 });
});

test("close right after a request was made leaves no connection", async () => {
  const result = post();
  await Promise.resolve();
  sender.close();
  expect(await result).toBe("Error: the sender is closed");
  await delay(50);
  expect(await alive()).toBe(0);
});

test("after close every request is refused at once", async () => {
  sender.close();
  expect(await post()).toBe("Error: the sender is closed");
  expect(connections).toBe(0);
});

test("a request over a kept connection that the server closes is made again over a new one", async () => {
  const both = createHttpSender(optionsFor(2));
  const twice = () =>
    Promise.all([1, 2].map(() => both.post(Buffer.from("body")).then(({ status }) => status)));
  expect(await twice()).toEqual([200, 200]);
  // The other one is not tried: it is most likely closed, too.
  closes = (before) => before > 0;
  expect((await both.post(Buffer.from("body"))).status).toBe(200);
  expect({ connections, requests }).toEqual({ connections: 3, requests: 4 });
  await both.close();
});

test("it is made again once, and not at all if the connection was new", async () => {
  expect(await post()).toBe(200);
  closes = () => true;
  expect(await post()).toContain("socket hang up");
  expect({ connections, requests }).toEqual({ connections: 2, requests: 3 });
  expect(await post()).toContain("socket hang up");
  expect({ connections, requests }).toEqual({ connections: 3, requests: 4 });
});

test("the answer comes with its headers and text, and a fault with its kind", async () => {
  const { headers, body } = await sender.post(Buffer.from("body"));
  expect([headers["content-length"], body.toString()]).toEqual(["2", "{}"]);
  answers = false;
  const late = await sender.post(Buffer.from("body")).catch(faultOfError);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  expect([late, await sender.post(Buffer.from("body")).catch(faultOfError)]).toEqual([
    "timeout",
    "connection_refused",
  ]);
});

test("it holds nothing of the request that was the first to need it", async () => {
  const env = { TARGET: optionsFor(1).url };
  const { stdout } = await runNode(fixture("first-request.ts"), { env, flags: ["--expose-gc"] });
  expect(stdout).toBe("let go\n");
});

test("a kept connection does not keep the process alive", async () => {
  const { code, stdout } = await runNode(fixture("posts-once.ts"), { env: { TARGET: optionsFor(1).url } });
  expect([code, stdout]).toEqual([0, "200\n"]);
});
