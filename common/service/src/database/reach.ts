import { setTimeout as delay } from "node:timers/promises";
import { type Kysely, sql } from "kysely";
import { ServiceError } from "../grpc/errors.ts";
import { describeLocation, type PostgresLocation } from "./location.ts";

const longestPauseMs = 2_000;

/**
 * Waits until Postgres answers, since it may be started at the same time.
 * @throws Error if it does not within the location's limit, or at once if it refuses user, password or database
 */
export async function reachPostgres<Tables>(
  database: Kysely<Tables>,
  location: PostgresLocation,
): Promise<void> {
  const end = Date.now() + (location.connectTimeoutMs ?? 30_000);
  for (let pauseMs = 100; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    try {
      await sql`select 1`.execute(database);
      return;
    } catch (error) {
      const mayPass = error instanceof ServiceError;
      if (!mayPass || Date.now() + pauseMs > end) {
        const where = describeLocation(location);
        const cause = mayPass ? error.cause : error;
        throw new Error(`cannot open the database ${where}: check DATABASE_URL`, { cause });
      }
      await delay(pauseMs);
    }
  }
}
