import { CompiledQuery, type Dialect, PostgresDialect } from "kysely";
import { Pool } from "pg";
import type { PostgresLocation } from "./location.ts";

/** How long a query waits for a connection of the pool, in milliseconds. */
const acquireTimeoutMs = 5_000;

/**
 * Kysely's Postgres dialect, with a bounded pool whose connections use the location's schema.
 * @param onLost called when Postgres has ended an idle connection; the pool makes a new one when it is needed
 */
export function postgresDialect(location: PostgresLocation, onLost: (error: Error) => void): Dialect {
  const pool = new Pool({
    connectionString: location.url,
    max: location.poolSize ?? 10,
    connectionTimeoutMillis: acquireTimeoutMs,
  });
  // Without a listener it would end the process.
  pool.on("error", onLost);
  return new PostgresDialect({
    pool,
    onCreateConnection: async (connection) => {
      await connection.executeQuery(CompiledQuery.raw(`set search_path to "${location.schema}"`));
    },
  });
}
