import { type AddressInfo, connect, type Socket } from "node:net";
import { createServer } from "node:tls";
import type { Identity } from "./authority.ts";

/** TLS in front of a port. */
export interface TlsFront {
  readonly port: number;
  close(): Promise<void>;
}

export async function startTlsFront({ key, cert }: Identity, port: number): Promise<TlsFront> {
  const sockets = new Set<Socket>();
  const server = createServer({ key, cert }, (client) => {
    const target = connect(port, "127.0.0.1");
    target.on("error", () => client.destroy());
    client.on("error", () => target.destroy());
    client.pipe(target).pipe(client);
  });
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.on("tlsClientError", () => {});
  await new Promise<void>((resolve) => server.listen(0, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
