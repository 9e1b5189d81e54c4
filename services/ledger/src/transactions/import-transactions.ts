import { status } from "@grpc/grpc-js";
import type { ImportTransactionsRequest, ImportTransactionsResponse } from "@tracekeep/proto/ledger/v1";
import { ServiceError } from "@tracekeep/service";

/** Of how many refused transactions the answer says why. */
const MOST_REFUSALS = 10;
/** What the database's failures are: they say nothing of the transaction. */
const PASSING: ReadonlySet<status> = new Set([status.UNAVAILABLE, status.ABORTED]);

/** Posts one transaction; true if it had been posted before. Throws ServiceError if it is refused. */
type Post = (transaction: ImportTransactionsRequest["transaction"]) => Promise<{ duplicate: boolean }>;

/**
 * Posts one transaction after the other. Those that are refused are counted; any other failure ends the import,
 * which can then be repeated as it is: what was posted is a duplicate the next time.
 */
export async function importTransactions(
  requests: AsyncIterable<ImportTransactionsRequest>,
  post: Post,
): Promise<ImportTransactionsResponse> {
  const result: ImportTransactionsResponse = { accepted: 0n, duplicates: 0n, refused: 0n, refusals: [] };
  let index = 0n;
  for await (const { transaction } of requests) {
    try {
      const { duplicate } = await post(transaction);
      if (duplicate) result.duplicates++;
      else result.accepted++;
    } catch (error) {
      if (!(error instanceof ServiceError) || PASSING.has(error.code)) throw error;
      result.refused++;
      if (result.refusals.length < MOST_REFUSALS) {
        const idempotencyKey = transaction?.idempotencyKey ?? "";
        result.refusals.push({ index, idempotencyKey, code: status[error.code], reason: error.message });
      }
    }
    index++;
  }
  return result;
}
