import { Kysely } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import { sqliteDialect } from "./sqlite.ts";
import { tracedDialect } from "./traced-dialect.ts";

/** Migrations by name; they run in the order of their names, each once. */
export type Migrations = Readonly<Record<string, Migration>>;

export interface DatabaseOptions {
  /** A SQLite file, made if it is not there, or `:memory:`. */
  path: string;
  migrations: Migrations;
}

/**
 * Opens a service's database and brings its tables up to date. Every query is a span; migrations are not,
 * since they belong to no request. Close it with `destroy()`.
 * @throws Error if the database cannot be opened or a migration fails
 */
export async function openDatabase<Tables>({ path, migrations }: DatabaseOptions): Promise<Kysely<Tables>> {
  const dialect = sqliteDialect(path);
  const untraced = new Kysely<unknown>({ dialect });
  const migrator = new Migrator({
    db: untraced,
    provider: { getMigrations: async () => ({ ...migrations }) },
  });
  const { error, results } = await migrator.migrateToLatest();
  if (error) {
    await untraced.destroy();
    const failed = results?.find(({ status }) => status === "Error")?.migrationName;
    throw new Error(`migration ${failed ?? "of the database"} failed on ${path}`, { cause: error });
  }
  return new Kysely<Tables>({ dialect: tracedDialect(dialect, "sqlite") });
}
