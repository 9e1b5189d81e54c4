import { credentials, type handleUnaryCall, Server, ServerCredentials } from "@grpc/grpc-js";
import {
  ProbeServiceClient,
  type ProbeServiceServer,
  ProbeServiceService,
  type UnaryRequest,
  type UnaryResponse,
} from "@tracekeep/proto/probe/v1";
import type { TracingStats } from "tracekeep";
import { answerParent, tellParent } from "../../processes/conversation.ts";

/** Told when it listens. */
export interface ServiceReady {
  readonly address: string;
}

export interface ServiceState {
  /** Resident memory, in bytes. */
  readonly rss: number;
  /** Undefined if the service is not traced. */
  readonly tracing: TracingStats | undefined;
}

// Arguments: traced or untraced, and the address of a service to call, if there is one.
const [mode, calleeAddress] = process.argv.slice(2);
const tracing = mode === "traced" ? await startTracing() : undefined;

/** The library is not even loaded where it is not used. */
async function startTracing() {
  const tracekeep = await import("tracekeep");
  const identity = { serviceName: "bench", serviceVersion: "1.0.0", environment: "bench" };
  return tracekeep.startTracing(tracekeep.loadTracingConfig({ ...identity, cwd: import.meta.dirname }));
}

const answer: handleUnaryCall<UnaryRequest, UnaryResponse> = ({ request }, callback) => {
  if (request.text === "fail") callback(new Error("the bank is closed"));
  else callback(null, { text: request.text, count: request.count });
};

function passOnTo(address: string): typeof answer {
  const client = new ProbeServiceClient(
    address,
    credentials.createInsecure(),
    tracing?.clientOptions() ?? {},
  );
  return ({ request }, callback) => client.unary(request, callback);
}

const server = new Server({ interceptors: tracing?.serverInterceptors() ?? [] });
tracing?.attach(server);
server.addService(ProbeServiceService, {
  unary: calleeAddress === undefined ? answer : passOnTo(calleeAddress),
  clientStream: (_call, callback) => callback(null, { text: "", count: 0 }),
  serverStream: (stream) => stream.end(),
  bidi: (stream) => stream.end(),
} satisfies ProbeServiceServer);
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  tellParent({ address: `127.0.0.1:${port}` } satisfies ServiceReady);
});

answerParent<"state">(
  async () => ({ rss: process.memoryUsage().rss, tracing: tracing?.stats() }) satisfies ServiceState,
);
