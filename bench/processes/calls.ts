import { type ServiceError, status } from "@grpc/grpc-js";
import type { ProbeServiceClient } from "@tracekeep/proto/probe/v1";

/** Text of a request that the service fails. */
export const FAIL = "fail";
export const FAILURE = "the bank is closed";
/** Messages each way of a streaming call. */
export const MESSAGES = 1_000;

const TEXT = "the quick brown fox";

/** Resolves once the request is answered as planned. */
export function callUnary(client: ProbeServiceClient, count: number, fails: boolean): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  client.unary({ text: fails ? FAIL : TEXT, count }, (error: ServiceError | null) => {
    if (fails ? error?.code === status.INTERNAL && error.details === FAILURE : error === null) resolve();
    else reject(error ?? new Error("A request did not fail."));
  });
  return promise;
}

/** Sends all messages, and resolves once each has come back. */
export function callStream(client: ProbeServiceClient): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const call = client.bidi();
  let back = 0;
  call.on("data", () => back++);
  call.on("error", reject);
  call.on("end", () =>
    back === MESSAGES ? resolve() : reject(new Error(`${back} of ${MESSAGES} messages came back.`)),
  );
  for (let count = 0; count < MESSAGES; count++) call.write({ text: TEXT, count });
  call.end();
  return promise;
}
