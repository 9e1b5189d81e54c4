import { Metadata, propagate, status as Status } from "@grpc/grpc-js";
import type { Channel, ChannelPeers } from "./channel-peers.ts";
import { type KeptTrace, RECALL_PATH, readAnswer, writeRequest } from "./recall-message.ts";

const TIMEOUT_MS = 3_000;

/** What came of a recall. */
export interface RecallAnswer {
  /** The instance that answered, by grpc-js's word for it. */
  readonly peer: string;
  /** True if the instance has not seen the trace, or has not answered. */
  unknown(trace: KeptTrace): boolean;
  /** Somebody has answered, whatever it was. */
  readonly isAnswered: boolean;
  /** The instance takes no recalls. */
  readonly unsupported: boolean;
}

/**
 * Sends one recall below all interceptors of the user's. Never rejects.
 *
 * @param cancels holds, while it is under way, the function that ends it at once.
 */
export function sendRecall(
  channel: Channel,
  traces: readonly KeptTrace[],
  credentials: ChannelPeers["callCredentials"],
  cancels: Set<() => void>,
): Promise<RecallAnswer> {
  const { promise, resolve } = Promise.withResolvers<RecallAnswer>();
  try {
    const call = channel.createCall(RECALL_PATH, Date.now() + TIMEOUT_MS, null, null, propagate.DEFAULTS);
    if (credentials !== undefined) call.setCredentials(credentials);
    const cancel = (): void => call.cancelWithStatus(Status.CANCELLED, "Tracing is shut down.");
    cancels.add(cancel);
    let unknown: ReadonlySet<string> | undefined;
    call.start(new Metadata(), {
      onReceiveMetadata() {},
      onReceiveMessage(message: Buffer) {
        unknown = readAnswer(message);
      },
      onReceiveStatus({ code }) {
        cancels.delete(cancel);
        const known = code === Status.OK ? unknown : undefined;
        resolve({
          peer: call.getPeer(),
          unknown: ({ traceId }) => known?.has(traceId) !== false,
          isAnswered: code !== Status.UNAVAILABLE && code !== Status.DEADLINE_EXCEEDED,
          unsupported: code === Status.UNIMPLEMENTED,
        });
      },
    });
    call.sendMessageWithContext({}, writeRequest(traces));
    call.halfClose();
    call.startRead();
  } catch {
    // A channel that was closed throws.
    resolve({ peer: "unknown", unknown: () => true, isAnswered: false, unsupported: false });
  }
  return promise;
}
