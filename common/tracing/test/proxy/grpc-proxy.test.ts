import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import { probeClient } from "../harness/probe.ts";
import { withScene } from "../harness/scene.ts";

/** A proxy that takes every host for this machine. */
async function startProxy(): Promise<string> {
  const proxy = createServer().on("connect", (request, socket) => {
    const upstream = connect(Number(request.url?.split(":").at(-1)), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      upstream.pipe(socket).pipe(upstream);
    });
    for (const one of [upstream, socket]) one.on("error", () => {});
    socket.on("close", () => upstream.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void proxy.close());
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
}

test.each([
  ["ledger.internal", 1],
  ["127.0.0.1", 0],
])(
  "PII-08: behind an HTTP proxy %s as the only target gets %d traceparent: the host that is called counts",
  async (target, count) => {
    vi.stubEnv("grpc_proxy", await startProxy());
    onTestFinished(() => void vi.unstubAllEnvs());
    let arrived: number | undefined;
    await withScene(
      {
        unary(call, callback) {
          arrived = call.metadata.get("traceparent").length;
          callback(null, call.request);
        },
      },
      async ({ tracing, intake, address }) => {
        const port = Number(address.split(":")[1]);
        const client = probeClient(tracing, `ledger.internal:${port}`);
        await new Promise((resolve) => client.unary({ text: "", count: 0 }, resolve));
        client.close();
        await tracing.forceFlush();
        const span = intake.spans.find(({ kind }) => kind === 3);
        expect(span?.attributes).toMatchObject({ "server.address": "ledger.internal", "server.port": port });
        expect(arrived).toBe(count);
      },
      { env: { TRACE_PROPAGATION_TARGETS: target } },
    );
  },
);
