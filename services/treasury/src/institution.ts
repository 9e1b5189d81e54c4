import { setTimeout as delay } from "node:timers/promises";
import { status } from "@grpc/grpc-js";
import { ServiceError } from "@tracekeep/service";
import type { TreasuryTables } from "./tables.ts";

const slowAnswerMs = 3_000;

/**
 * Stands for the call to an institution's own system.
 * @throws ServiceError UNAVAILABLE if it is down; `signal`'s reason once that fires
 */
export async function askInstitution(
  { code, behaviour }: Pick<TreasuryTables["institutions"], "code" | "behaviour">,
  signal: AbortSignal,
): Promise<void> {
  if (behaviour === "down") throw new ServiceError(status.UNAVAILABLE, `bank ${code} is not reachable`);
  if (behaviour !== "slow") return;
  await delay(slowAnswerMs, undefined, { signal }).catch((error: unknown) => {
    // What cancelled the wait says more than that it was cancelled.
    throw signal.aborted ? signal.reason : error;
  });
}
