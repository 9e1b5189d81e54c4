import { credentials, type handleUnaryCall, Server, ServerCredentials } from "@grpc/grpc-js";
import {
  ProbeServiceClient,
  type ProbeServiceServer,
  ProbeServiceService,
  type UnaryRequest,
  type UnaryResponse,
} from "@tracekeep/proto/probe/v1";
import { loadTracingConfig, startTracing, type TracingStats } from "tracekeep";
import { answerParent, tellParent } from "../../../bench/processes/conversation.ts";

/** Told when it listens. */
export interface ServiceReady {
  readonly address: string;
}

/** `flush` sends all that waits, `stats` tells how it is. */
export type ServiceQuestion = "flush" | "stats";

export interface ServiceState {
  readonly tracing: TracingStats;
  /** Resident memory, in bytes. */
  readonly rss: number;
}

class InstitutionError extends Error {
  override readonly name = "InstitutionError";
}

// A service in a process of its own: it calls the services at CALLS one after the other and passes a failure on.
// It fails by itself if the request's text is its name.
const { NAME = "", CALLS = "" } = process.env;
const tracing = startTracing(
  loadTracingConfig({ serviceName: NAME, serviceVersion: "1.0.0", environment: "test", cwd: "/" }),
);
const callees = CALLS.split(",")
  .filter((address) => address !== "")
  .map((address) => new ProbeServiceClient(address, credentials.createInsecure(), tracing.clientOptions()));

function call(client: ProbeServiceClient, request: UnaryRequest): Promise<UnaryResponse> {
  const { promise, resolve, reject } = Promise.withResolvers<UnaryResponse>();
  client.unary(request, (error, response) => (error === null ? resolve(response) : reject(error)));
  return promise;
}

async function work(request: UnaryRequest): Promise<UnaryResponse> {
  for (const callee of callees) await call(callee, request);
  if (request.text === NAME) throw new InstitutionError("the bank is closed");
  return { text: "done", count: request.count };
}

const unary: handleUnaryCall<UnaryRequest, UnaryResponse> = ({ request }, callback) => {
  work(request).then((response) => callback(null, response), callback);
};

const server = new Server({ interceptors: tracing.serverInterceptors() });
tracing.attach(server);
server.addService(ProbeServiceService, {
  unary,
  clientStream: (_call, callback) => callback(null, { text: "", count: 0 }),
  serverStream: (stream) => stream.end(),
  bidi: (stream) => stream.end(),
} satisfies ProbeServiceServer);
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  tellParent({ address: `127.0.0.1:${port}` } satisfies ServiceReady);
});

answerParent<ServiceQuestion>(async (question) => {
  if (question === "flush") await tracing.forceFlush();
  return { tracing: tracing.stats(), rss: process.memoryUsage().rss } satisfies ServiceState;
});
