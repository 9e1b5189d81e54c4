import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createHttpSender, type HttpSender } from "./http-sender.ts";

let server: Server;
let sender: HttpSender;
let connections = 0;
let requests = 0;
let answers = true;

beforeEach(async () => {
  [connections, requests, answers] = [0, 0, true];
  server = createServer((request, response) => {
    requests++;
    if (answers) request.resume().on("end", () => response.end("{}"));
  });
  server.on("connection", () => connections++);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  sender = createHttpSender({ url: `http://127.0.0.1:${port}/`, headers: {}, timeoutMs: 400 });
});
afterEach(() => {
  sender.close();
  server.closeAllConnections();
  server.close();
});

/** How many connections the server still has. */
const alive = () =>
  new Promise<number>((resolve, reject) =>
    server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
  );
const post = () => sender.post(Buffer.from("body")).then(({ status }) => status, String);

test("requests that are made at once go one after the other, over one connection", async () => {
  expect(await Promise.all([post(), post(), post(), post()])).toEqual([200, 200, 200, 200]);
  expect({ connections, requests }).toEqual({ connections: 1, requests: 4 });
});

test("the time limit counts for those that wait, too", async () => {
  answers = false;
  const from = performance.now();
  const results = await Promise.all([post(), post(), post()]);
  expect(new Set(results)).toEqual(new Set(["Error: no answer within 400 ms"]));
  expect(performance.now() - from).toBeLessThan(800);
  expect(requests).toBe(1);
  answers = true;
  expect(await post()).toBe(200);
});

test("close breaks off the request under way and those that wait, and leaves no connection", async () => {
  answers = false;
  const results = Promise.all([post(), post(), post()]);
  await delay(100);
  const from = performance.now();
  await sender.close();
  expect(new Set(await results)).toEqual(new Set(["Error: the sender is closed"]));
  expect(performance.now() - from).toBeLessThan(100);
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
