import { type Server, ServerCredentials } from "@grpc/grpc-js";
import type { ServiceConfig } from "../config/load.ts";
import { type Endpoint, formatAddress } from "../lifecycle/endpoint.ts";

/** A gRPC server as an endpoint, without TLS, on HOST and PORT. */
export function grpcEndpoint(server: Server, { HOST, PORT }: Pick<ServiceConfig, "HOST" | "PORT">): Endpoint {
  return {
    async listen() {
      const { promise, resolve, reject } = Promise.withResolvers<number>();
      server.bindAsync(formatAddress(HOST, PORT), ServerCredentials.createInsecure(), (error, port) => {
        if (error) reject(error);
        else resolve(port);
      });
      return formatAddress(HOST, await promise);
    },
    async drain() {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      server.tryShutdown((error) => (error ? reject(error) : resolve()));
      await promise;
    },
    abort: () => server.forceShutdown(),
  };
}
