import type { AddressInfo } from "node:net";
import { connect, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Connection } from "./connection.ts";
import { type ClientRequest, HttpClient } from "./http-client.ts";
import { untilSettled } from "./until-settled.ts";

let server: Server;
let client: HttpClient;
let sockets: Socket[];
/** What the server does with a connection, knowing how many came before. */
let serve: (socket: Socket, before: number) => void;

beforeEach(async () => {
  sockets = [];
  server = createServer((socket) => {
    socket.on("error", () => {});
    serve(socket, sockets.length);
    sockets.push(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  client = new HttpClient(new URL(`http://127.0.0.1:${port}`), { rejectUnauthorized: true });
});
afterEach(async () => {
  await client.close();
  for (const socket of sockets) socket.destroy();
  server.close();
});

const NEVER = new AbortController().signal;
const post = (body = "body", more: Partial<ClientRequest> = {}) => {
  const request = {
    method: "POST",
    path: "/",
    headers: {},
    body: Buffer.from(body),
    mostKept: 100,
    mayRepeat: true,
    ...more,
  } as const;
  return client.exchange(request, NEVER).then(({ status, body }) => `${status} ${body}`, String);
};
const answering = (answer: string) => (socket: Socket) =>
  void socket.on("data", () => void socket.write(answer));
const OK = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

test("what a server may answer: in chunks, to the end of the connection, after a hint", async () => {
  const answers = [
    `HTTP/1.1 100 Continue\r\n\r\n${OK}`,
    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\no\r\n1\r\nk\r\n0\r\n\r\n",
    "HTTP/1.0 200 OK\r\n\r\nok",
  ];
  serve = (socket) => {
    socket.on("data", () => {
      const answer = answers.shift() ?? "";
      if (answers.length === 0) socket.end(answer);
      else socket.write(answer);
    });
  };
  expect([await post(), await post(), await post()]).toEqual(["200 ok", "200 ok", "200 ok"]);
  expect(sockets).toHaveLength(1);
});

test("an answer that comes before the request has been read is taken, and the connection not used again", async () => {
  serve = (socket) => {
    socket.once("data", () => {
      socket.pause();
      socket.write("HTTP/1.1 413 Too Large\r\ncontent-length: 3\r\n\r\nbig");
    });
  };
  expect(await post("x".repeat(20_000_000))).toBe("413 big");
  serve = answering(OK);
  expect(await post()).toBe("200 ok");
  expect(sockets).toHaveLength(2);
});

test.each([
  ["is about to end it", OK.replace("\r\n\r\n", "\r\nkeep-alive: max=9, timeout=1\r\n\r\n"), 2],
  ["keeps it for longer", OK.replace("\r\n\r\n", "\r\nKeep-Alive: timeout=5\r\n\r\n"), 1],
])("a connection is kept as its server says: it %s", async (_what, answer, connections) => {
  serve = answering(answer);
  expect([await post(), await post()]).toEqual(["200 ok", "200 ok"]);
  expect(sockets).toHaveLength(connections);
  // This server closes none itself.
  await vi.waitFor(() => expect(sockets.filter(({ closed }) => !closed).length).toBe(2 - connections));
});

test("a connection whose time has run out while nothing was sent is closed, and not used", async () => {
  serve = answering(OK.replace("\r\n\r\n", "\r\nkeep-alive: timeout=5\r\n\r\n"));
  expect(await post()).toBe("200 ok");
  const now = performance.now();
  const clock = vi.spyOn(performance, "now").mockReturnValue(now + 4_500);
  expect(await post()).toBe("200 ok");
  clock.mockRestore();
  expect(sockets).toHaveLength(2);
  await vi.waitFor(() => expect(sockets.filter(({ closed }) => !closed)).toHaveLength(1));
});

test("a request over a socket that is closed already is refused, and not waited for", async () => {
  const { port } = server.address() as AddressInfo;
  serve = () => {};
  const socket = connect(port, "127.0.0.1").destroy();
  await new Promise((resolve) => socket.once("close", resolve));
  const connection = new Connection(socket, () => {});
  await expect(connection.exchange("", Buffer.alloc(0), 0)).rejects.toThrow("socket hang up");
});

test("a kept connection over which something comes unasked is ended", async () => {
  serve = answering(OK);
  expect(await post()).toBe("200 ok");
  const [kept] = sockets as [Socket];
  const ended = new Promise((resolve) => kept.once("close", resolve));
  kept.write("HTTP/1.1 408 Request Timeout\r\n\r\n");
  await ended;
  expect(await post()).toBe("200 ok");
  expect(sockets).toHaveLength(2);
});

test("what was meant for an idle connection, and met a request, is no answer to it", async () => {
  serve = answering(OK);
  expect(await post()).toBe("200 ok");
  const [kept] = sockets as [Socket];
  const late = "HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
  kept.removeAllListeners("data").once("data", () => kept.end(late));
  expect(await post()).toBe("200 ok");
  expect(sockets).toHaveLength(2);
});

test("a request that must not arrive twice uses no connection that its server may have ended, and leaves no other", async () => {
  serve = answering(OK);
  for (let i = 0; i < 3; i++) expect(await post("body", { mayRepeat: false })).toBe("200 ok");
  expect(sockets).toHaveLength(3);
  await vi.waitFor(() => expect(sockets.filter(({ closed }) => !closed)).toHaveLength(1));
});

test("headers of the user's: a host takes the place of ours, and none says another length", async () => {
  let head = "";
  serve = (socket) => {
    socket.on("data", (bytes) => {
      head += bytes;
      socket.write(OK);
    });
  };
  const headers = {
    Host: "other.example",
    "Content-Length": "1",
    "Transfer-Encoding": "chunked",
    "X-Own": "1",
  };
  expect(await post("body", { headers })).toBe("200 ok");
  expect(head).toBe("POST / HTTP/1.1\r\nhost: other.example\r\nx-own: 1\r\ncontent-length: 4\r\n\r\nbody");
});

test("what is waited for of a socket is broken off also if that was wanted before", async () => {
  const { port } = server.address() as AddressInfo;
  serve = () => {};
  const socket = connect(port, "127.0.0.1");
  const waited = untilSettled(socket, AbortSignal.abort(new Error("too late")), () => () => {});
  await expect(waited).rejects.toThrow("too late");
  expect(socket.destroyed).toBe(true);
});

test("a request that has been answered in part is not sent again", async () => {
  serve = answering(OK);
  expect(await post()).toBe("200 ok");
  const [kept] = sockets as [Socket];
  kept
    .removeAllListeners("data")
    .once("data", () => kept.end("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf"));
  expect(await post()).toContain("socket hang up");
  expect(sockets).toHaveLength(1);
});

test("a server that ends the connection, or does not speak HTTP", async () => {
  serve = (socket, before) => void (before === 0 ? socket.end() : socket.end("SSH-2.0-OpenSSH_9.2\r\n"));
  expect(await post()).toBe("Error: socket hang up");
  expect(await post()).toBe("NotHttpError: the answer is not HTTP/1.1");
});
