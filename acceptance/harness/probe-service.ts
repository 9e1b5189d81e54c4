import { setTimeout as delay } from "node:timers/promises";
import { credentials, Server } from "@grpc/grpc-js";
import { ProbeServiceClient, type ProbeServiceServer, ProbeServiceService } from "@tracekeep/proto/probe/v1";
import { createLogger, grpcAddress, grpcEndpoint, Lifecycle, loadConfigOrExit } from "@tracekeep/service";
import { startTracing, withSpan } from "tracekeep";

/**
 * A service with all four kinds of call, as a process of its own. `count` in a request is how long the
 * work takes, in milliseconds; with NEXT_ADDRESS each call is passed on to the next service, too.
 */
const config = loadConfigOrExit({
  folder: import.meta.dirname,
  defaults: { SERVICE_NAME: "probe", SERVICE_VERSION: "1.0.0", PORT: "0" },
  variables: { NEXT_ADDRESS: grpcAddress().optional() },
});
const logger = createLogger(config);
const lifecycle = new Lifecycle({ config, logger });
const tracing = startTracing(config.tracing, { logger });
lifecycle.onClose((limitMs) => tracing.shutdown(limitMs));
const next =
  config.NEXT_ADDRESS === undefined
    ? undefined
    : new ProbeServiceClient(config.NEXT_ADDRESS, credentials.createInsecure(), tracing.clientOptions());

async function work(text: string, count: number): Promise<void> {
  await withSpan("work", { attributes: { "probe.request": text } }, () => delay(count));
  if (next === undefined) return;
  await new Promise<void>((resolve, reject) => {
    next.unary({ text, count }, (error) => (error ? reject(error) : resolve()));
  });
}

const server = new Server({ interceptors: tracing.serverInterceptors() });
tracing.attach(server);
const handlers: ProbeServiceServer = {
  unary(call, callback) {
    const { text, count } = call.request;
    work(text, count).then(() => callback(null, { text, count }), callback);
  },
  clientStream(call, callback) {
    const received: Promise<void>[] = [];
    call.on("data", ({ text, count }) => received.push(work(text, count)));
    call.on("end", () => {
      Promise.all(received).then(() => callback(null, { text: "", count: received.length }), callback);
    });
  },
  async serverStream(call) {
    for (const text of ["a", "b", "c"]) {
      await work(text, call.request.count);
      call.write({ text, count: 1 });
    }
    call.end();
  },
  bidi(call) {
    let pending = Promise.resolve();
    call.on("data", ({ text, count }) => {
      pending = pending.then(() => work(text, count)).then(() => void call.write({ text, count }));
    });
    call.on("end", () => void pending.then(() => call.end()));
  },
};
server.addService(ProbeServiceService, handlers);

lifecycle.onClose(() => next?.close());
await lifecycle.run(grpcEndpoint(server, config));
