import { type AddressInfo, connect, createServer } from "node:net";
import { pipeline } from "node:stream";
import { startViewer } from "../../viewer/src/index.ts";

// The viewer listens on 127.0.0.1 only, which in a container is the container alone. This lets the other containers in.
// Publish the port on 127.0.0.1 of the host: whoever reaches it can write to the viewer.
const { PORT = "4320" } = process.env;

const viewer = await startViewer({ port: 0 });
const inside = Number(new URL(viewer.url).port);
const relay = createServer((socket) => {
  pipeline(socket, connect(inside, "127.0.0.1"), socket, () => {});
});
relay.listen(Number(PORT), "0.0.0.0", () => {
  const { port } = relay.address() as AddressInfo;
  process.stdout.write(`Traces are shown at http://127.0.0.1:${port}/\n`);
});

for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => process.exit(0));
