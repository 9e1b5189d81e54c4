import type { Socket } from "node:net";
import { hangUp } from "./hang-up.ts";

/** Waits for something of a socket, which is destroyed if that fails; leaves no listener behind. */
export function untilSettled(
  socket: Socket,
  signal: AbortSignal,
  begin: (resolve: () => void, reject: (error: Error) => void) => () => void,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const fail = (error: Error): void => {
    // An error of a socket that is being destroyed would be nobody's.
    socket.on("error", () => {});
    socket.destroy();
    reject(error);
  };
  const abort = (): void => fail(signal.reason as Error);
  const closed = (): void => fail(hangUp());
  socket.on("error", fail);
  socket.on("close", closed);
  signal.addEventListener("abort", abort, { once: true });
  const end = begin(resolve, fail);
  if (signal.aborted) abort();
  return promise.finally(() => {
    end();
    socket.off("error", fail);
    socket.off("close", closed);
    signal.removeEventListener("abort", abort);
  });
}
