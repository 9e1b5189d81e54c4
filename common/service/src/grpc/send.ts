import type { Writable } from "node:stream";
import type { CallScope } from "./call-scope.ts";

/**
 * Sends one message. Resolves when the next may be sent: at once, or after a slow receiver has caught up.
 * Rejects with the reason of the scope's signal once that has fired.
 */
export type Send<Message> = (message: Message) => Promise<void>;

export function sendTo<Message>(stream: Writable, { signal }: CallScope): Send<Message> {
  let drained: Promise<void> | undefined;
  return async (message) => {
    signal.throwIfAborted();
    if (stream.write(message)) return;
    drained ??= drain(stream, signal).finally(() => {
      drained = undefined;
    });
    await drained;
  };
}

/** A stream that is cancelled drains no more. */
function drain(stream: Writable, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const abort = () => reject(signal.reason);
  stream.once("drain", resolve);
  signal.addEventListener("abort", abort, { once: true });
  return promise.finally(() => {
    stream.off("drain", resolve);
    signal.removeEventListener("abort", abort);
  });
}
