import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A network path that takes its time. */
export interface SlowWay extends AsyncDisposable {
  /** To be called instead of the target. */
  readonly address: string;
  /** What each piece of data takes, each way, in milliseconds. */
  delayMs: number;
}

/** Forwards connections to a target such as `127.0.0.1:50051`, at first without a delay. */
export async function startSlowWay(target: string): Promise<SlowWay> {
  const { hostname, port } = new URL(`http://${target}`);
  const way = { delayMs: 0 };
  const sockets = new Set<Socket>();
  const forward = (from: Socket, to: Socket): void => {
    sockets.add(from.setNoDelay());
    // Timers of one length fire in their order.
    from.on("data", (data) => void setTimeout(() => to.write(data), way.delayMs));
    from.on("close", () => to.destroy()).on("error", () => {});
  };
  const server = createServer((inward) => {
    const outward = connect(Number(port), hostname);
    forward(inward, outward);
    forward(outward, inward);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return Object.assign(way, {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, "close");
    },
  });
}
