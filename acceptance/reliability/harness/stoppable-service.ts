import { setTimeout as delay } from "node:timers/promises";
import { Server } from "@grpc/grpc-js";
import { type ProbeServiceServer, ProbeServiceService } from "@tracekeep/proto/probe/v1";
import { createLogger, grpcEndpoint, Lifecycle, loadConfigOrExit } from "@tracekeep/service";
import { startTracing, withSpan } from "tracekeep";

// A service as the platform's are: a lifecycle that ends calls and flushes on SIGTERM.
const config = loadConfigOrExit({
  folder: import.meta.dirname,
  defaults: { SERVICE_NAME: "stoppable", SERVICE_VERSION: "1.0.0", PORT: "0" },
  variables: {},
});
const logger = createLogger(config);
const lifecycle = new Lifecycle({ config, logger });
const tracing = startTracing(config.tracing, { logger });
lifecycle.onClose((limitMs) => tracing.shutdown(limitMs));

async function work(text: string): Promise<void> {
  await withSpan("work", () => delay(20));
  if (text === "fail") throw new Error("the bank is closed");
}

const server = new Server({ interceptors: tracing.serverInterceptors() });
tracing.attach(server);
server.addService(ProbeServiceService, {
  unary({ request }, callback) {
    work(request.text).then(() => callback(null, { text: "done", count: 0 }), callback);
  },
  clientStream: (_call, callback) => callback(null, { text: "", count: 0 }),
  serverStream: (stream) => stream.end(),
  bidi: (stream) => stream.end(),
} satisfies ProbeServiceServer);

await lifecycle.run(grpcEndpoint(server, config));
