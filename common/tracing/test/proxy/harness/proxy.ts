import { createServer, type IncomingMessage, request } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";

/** An HTTP proxy that works, unless it is told another. */
export interface TestProxy {
  readonly url: string;
  /** Each request: its method, what it is for, and the credentials. */
  readonly seen: readonly string[];
  answer: "work" | "hang" | number;
  /** How many there are now. */
  connections(): number;
  /** How many there have been. */
  made(): number;
  close(): Promise<void>;
}

export async function startProxy(): Promise<TestProxy> {
  const seen: string[] = [];
  const sockets = new Set<Socket>();
  let made = 0;
  const proxy = { answer: "work" as TestProxy["answer"] };
  const server = createServer((incoming, response) => {
    note(incoming);
    if (proxy.answer === "hang") return;
    if (typeof proxy.answer === "number") return void response.writeHead(proxy.answer).end();
    const { method, headers } = incoming;
    const outgoing = request(incoming.url ?? "", { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    outgoing.on("error", () => response.writeHead(502).end());
    incoming.pipe(outgoing);
  });
  server.on("connect", (incoming, client: Socket) => {
    note(incoming);
    client.on("error", () => {});
    // Read on, or the other side's end would go unseen.
    if (proxy.answer === "hang") return void client.resume().on("end", () => client.end());
    if (typeof proxy.answer === "number") return void client.end(`HTTP/1.1 ${proxy.answer} No\r\n\r\n`);
    const [host, port] = (incoming.url ?? "").split(":");
    const target = connect(Number(port), host, () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      client.pipe(target).pipe(client);
    });
    target.on("error", () => client.destroy());
    client.on("close", () => target.destroy());
  });
  server.on("connection", (socket) => {
    made++;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  const note = (incoming: IncomingMessage) =>
    void seen.push(
      `${incoming.method} ${incoming.url} ${incoming.headers["proxy-authorization"] ?? ""}`.trim(),
    );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return Object.assign(proxy, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    connections: () => sockets.size,
    made: () => made,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  });
}
