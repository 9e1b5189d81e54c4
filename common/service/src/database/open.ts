import { type Dialect, Kysely } from "kysely";
import { untraced } from "../tracing/untraced.ts";
import { type FailureLogger, passingFailures } from "./failures.ts";
import type { DatabaseLocation } from "./location.ts";
import { type Migrations, migrate } from "./migrate.ts";
import { postgresDialect } from "./postgres.ts";
import { reachPostgres } from "./reach.ts";
import { sqliteDialect } from "./sqlite.ts";
import { tracedDialect } from "./traced-dialect.ts";

export type DatabaseOptions = DatabaseLocation & {
  readonly migrations: Migrations;
  /** Learns of lost connections. */
  readonly logger?: FailureLogger;
};

/**
 * Opens a service's database, SQLite or Postgres, and brings its tables up to date. Every query is a span; migrations
 * are not, since they belong to no request. Where Postgres cannot be reached, or transactions collide, queries fail with
 * a ServiceError: UNAVAILABLE or ABORTED. Close it with `destroy()`.
 * @throws Error if the database cannot be opened or a migration fails
 */
export async function openDatabase<Tables>(options: DatabaseOptions): Promise<Kysely<Tables>> {
  const database = new Kysely<Tables>({ dialect: dialectOf(options) });
  try {
    await untraced(async () => {
      if ("url" in options) await reachPostgres(database, options);
      await migrate(database, options, options.migrations);
    });
  } catch (error) {
    await database.destroy();
    throw error;
  }
  return database;
}

function dialectOf(options: DatabaseOptions): Dialect {
  if ("path" in options) return tracedDialect(sqliteDialect(options.path), "sqlite");
  const { logger } = options;
  const onLost = (err: Error) => logger?.warn({ err }, "Postgres has ended an idle connection");
  return passingFailures(tracedDialect(postgresDialect(options, onLost), "postgresql"), logger);
}
