import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";

/** One address before several instances: each connection leads to the next of them. */
export interface SpreadingProxy {
  readonly address: string;
  /** Destroys all connections; the next ones lead to these instances. */
  leadTo(targets: readonly string[]): void;
}

export async function startSpreadingProxy(): Promise<SpreadingProxy> {
  let targets: readonly string[] = [];
  let connections = 0;
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.setNoDelay();
    socket.on("close", () => sockets.delete(socket)).on("error", () => {});
  };
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const server = createServer((inward) => {
    const [host = "", port = ""] = (targets[connections++ % targets.length] ?? "").split(":");
    const outward = connect(Number(port), host);
    keep(inward);
    keep(outward);
    inward.pipe(outward).pipe(inward);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    cut();
  });
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    leadTo(instances) {
      targets = instances;
      connections = 0;
      cut();
    },
  };
}
