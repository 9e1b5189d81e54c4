import { createRateLimiter, type Logger } from "../logger.ts";
import { errorText } from "../text/error-text.ts";
import { TransactionAssembler } from "./assemble-transactions.ts";
import type { EncodedTransaction } from "./envelope.ts";
import { createTransactionWriter, MOST_SPANS } from "./write-transactions.ts";

export interface TransactionStreamOptions {
  readonly resource: Readonly<Record<string, string>>;
  /** Sentry's, where it is known. */
  readonly organizationId: string | undefined;
  /** Bound of what waits for its transaction, in bytes. */
  readonly heldBytes: number;
  /** Bound of one transaction, in bytes. */
  readonly transactionBytes: number;
  readonly send: (transaction: EncodedTransaction) => void;
  readonly logger: Logger;
}

/** Takes spans one by one, and makes transactions of them. Never throws. */
export function createTransactionStream(options: TransactionStreamOptions): TransactionAssembler {
  const { resource, organizationId, transactionBytes, heldBytes, send, logger } = options;
  const write = createTransactionWriter({ resource, organizationId, mostBytes: transactionBytes });
  const mayLog = createRateLimiter();
  return new TransactionAssembler({
    hand(spans) {
      try {
        write(spans).forEach(send);
      } catch (error) {
        // Nobody else would catch it: spans go out in turns of their own.
        if (mayLog("lost") !== undefined)
          logger.warn(
            { event: "tracekeep.span.lost", error: errorText(error) },
            "Spans could not be made a transaction and are lost.",
          );
      }
    },
    mostBytes: heldBytes,
    mostSpans: MOST_SPANS,
  });
}
