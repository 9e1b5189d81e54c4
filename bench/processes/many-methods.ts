import {
  Client,
  credentials,
  type handleUnaryCall,
  Server,
  ServerCredentials,
  type ServiceDefinition,
} from "@grpc/grpc-js";
import { answerParent, tellParent } from "./conversation.ts";
import { startTracekeep } from "./tracekeep.ts";

export interface MethodsQuestion {
  readonly requests: number;
}

export interface MethodsReply {
  /** User and system time of both sides, in microseconds. */
  readonly cpu: number;
  /** Spans that were begun meanwhile. */
  readonly spans: number;
}

const AT_A_TIME = 50;

// A service of many methods and its client, both traced; the argument says how many methods.
const methods = Number(process.argv[2]);
const paths = Array.from({ length: methods }, (_, index) => `/bench.v1.Many/Method${index}`);
const asIs = (bytes: Buffer): Buffer => bytes;
const definition: ServiceDefinition = Object.fromEntries(
  paths.map((path) => [
    path,
    {
      path,
      requestStream: false,
      responseStream: false,
      requestSerialize: asIs,
      requestDeserialize: asIs,
      responseSerialize: asIs,
      responseDeserialize: asIs,
    },
  ]),
);
const answer: handleUnaryCall<Buffer, Buffer> = ({ request }, callback) => callback(null, request);

const tracing = startTracekeep();
const server = new Server({ interceptors: tracing.serverInterceptors() });
tracing.attach(server);
server.addService(definition, Object.fromEntries(paths.map((path) => [path, answer])));
const port = await new Promise<number>((resolve, reject) =>
  server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
    error === null ? resolve(bound) : reject(error),
  ),
);
const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), tracing.clientOptions());
const message = Buffer.from("the quick brown fox");

let next = 0;
function call(): Promise<void> {
  const path = paths[next++ % methods] ?? "";
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  client.makeUnaryRequest(path, asIs, asIs, message, (error) => (error === null ? resolve() : reject(error)));
  return promise;
}

tellParent({});
answerParent<MethodsQuestion>(async ({ requests }) => {
  const before = process.cpuUsage();
  const { started } = tracing.stats().spans;
  const end = next + requests;
  const work = async () => {
    while (next < end) await call();
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  const { user, system } = process.cpuUsage(before);
  return { cpu: user + system, spans: tracing.stats().spans.started - started } satisfies MethodsReply;
});
