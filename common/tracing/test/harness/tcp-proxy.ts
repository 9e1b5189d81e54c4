import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A network path that can be cut. */
export interface TcpProxy {
  /** To be dialled instead of the target. */
  readonly address: string;
  /** Destroys all connections, as a crash of the peer does. */
  cut(): void;
  /** Forwards nothing any more, while the connections stay open, as a pulled cable does. */
  freeze(): void;
  close(): void;
}

/** Forwards connections to a target such as `127.0.0.1:50051`. */
export async function startTcpProxy(target: string): Promise<TcpProxy> {
  const [host = "", port = ""] = target.split(":");
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.setNoDelay();
    socket.on("close", () => sockets.delete(socket)).on("error", () => {});
  };
  const server = createServer((inward) => {
    const outward = connect(Number(port), host);
    keep(inward);
    keep(outward);
    inward.pipe(outward).pipe(inward);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    freeze() {
      for (const socket of sockets) socket.unpipe().pause();
    },
    close() {
      server.close();
      cut();
    },
  };
}
