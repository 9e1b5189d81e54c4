import type { Kysely } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import { type DatabaseLocation, describeLocation } from "./location.ts";

/** Migrations by name; they run in the order of their names, each once. */
export type Migrations = Readonly<Record<string, Migration>>;

/**
 * Brings the tables up to date. On Postgres all of it is one transaction, for which other instances wait.
 * @throws Error that names the migration that failed
 */
export async function migrate<Tables>(
  database: Kysely<Tables>,
  location: DatabaseLocation,
  migrations: Migrations,
): Promise<void> {
  const migrator = new Migrator({
    db: database,
    provider: { getMigrations: async () => ({ ...migrations }) },
    // Naming the schema also makes it.
    ...("schema" in location && { migrationTableSchema: location.schema }),
  });
  const { error, results } = await migrator.migrateToLatest();
  if (!error) return;
  const failed = results?.find(({ status }) => status === "Error")?.migrationName;
  const where = describeLocation(location);
  throw new Error(`migration ${failed ?? "of the database"} failed on ${where}`, { cause: error });
}
