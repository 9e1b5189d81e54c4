import { type Client, Metadata, status } from "@grpc/grpc-js";
import {
  HealthCheckResponse,
  HealthCheckResponse_ServingStatus,
  HealthService,
} from "@tracekeep/proto/grpc/health/v1";
import type { Dependency } from "./dependency.ts";

/**
 * Another gRPC service, asked over the client's own channel with the standard health protocol. One that does not
 * know the protocol is healthy if it can be reached.
 * @param critical whether this service is useless without it; of two services that need each other this may only be
 * true for one, since each would wait for the other to be ready
 */
export function grpcDependency(name: string, client: Client, { critical = false } = {}): Dependency {
  const { path, requestSerialize, responseDeserialize } = HealthService.check;
  return {
    name,
    kind: "grpc",
    critical,
    address: client.getChannel().getTarget(),
    check(signal) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const call = client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        { service: "" },
        new Metadata(),
        (error, response) => {
          if (error && error.code !== status.UNIMPLEMENTED) reject(new Error(error.details));
          else if (response && response.status !== SERVING) reject(new Error(`it is ${nameOf(response)}`));
          else resolve();
        },
      );
      signal.addEventListener("abort", () => call.cancel(), { once: true });
      return promise;
    },
  };
}

const { SERVING } = HealthCheckResponse_ServingStatus;

function nameOf(response: HealthCheckResponse): string {
  return JSON.stringify(HealthCheckResponse.toJSON(response)).replace(/.*:"(.*)".*/, "$1");
}
