import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { type Endpoint, formatAddress, type ServiceConfig } from "@tracekeep/service";
import type { Hono } from "hono";

/** An HTTP server as an endpoint, on HOST and PORT. */
export function httpEndpoint(app: Hono, { HOST, PORT }: Pick<ServiceConfig, "HOST" | "PORT">): Endpoint {
  const answer = getRequestListener(app.fetch);
  // Open connections with the number of their running requests: Node itself waits also for those without any.
  const connections = new Map<Socket, number>();
  let draining = false;

  const count = (socket: Socket, change: number) => {
    const running = (connections.get(socket) ?? 0) + change;
    connections.set(socket, running);
    if (draining && running === 0) socket.destroySoon();
  };
  const server = createServer((request, response) => {
    count(request.socket, 1);
    response.once("close", () => count(request.socket, -1));
    return answer(request, response);
  });
  server.on("connection", (socket) => {
    connections.set(socket, 0);
    socket.once("close", () => connections.delete(socket));
  });

  return {
    async listen() {
      server.listen(PORT, HOST);
      await once(server, "listening");
      const { port } = server.address() as AddressInfo;
      return formatAddress(HOST, port);
    },
    async drain() {
      draining = true;
      const { promise, resolve } = Promise.withResolvers<void>();
      server.close(() => resolve());
      for (const socket of connections.keys()) count(socket, 0);
      await promise;
    },
    abort: () => server.closeAllConnections(),
  };
}
