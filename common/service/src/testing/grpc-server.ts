import {
  Server,
  type ServerOptions,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { grpcEndpoint } from "../grpc/endpoint.ts";

/** A gRPC server in this process, on a free port. */
export interface TestServer extends AsyncDisposable {
  readonly address: string;
}

/** Serves one service until it is disposed. */
export async function startGrpcServer<Implementation extends UntypedServiceImplementation>(
  definition: ServiceDefinition<Implementation>,
  implementation: Implementation,
  options?: ServerOptions,
): Promise<TestServer> {
  const server = new Server(options);
  server.addService(definition, implementation);
  const address = await grpcEndpoint(server, { HOST: "127.0.0.1", PORT: 0 }).listen();
  return { address, [Symbol.asyncDispose]: async () => server.forceShutdown() };
}
