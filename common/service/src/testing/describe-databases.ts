import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Kysely } from "kysely";
import { Client } from "pg";
import { afterAll, describe } from "vitest";
import type { DatabaseLocation, PostgresLocation } from "../database/location.ts";
import type { Migrations } from "../database/migrate.ts";
import { openDatabase } from "../database/open.ts";

/** Databases of one kind for a suite of tests; they are closed and removed after it. */
export interface TestDatabases {
  /** The kind, as `db.system.name` knows it. */
  readonly system: "sqlite" | "postgresql";
  /** A new database, empty: a SQLite file or a schema in Postgres. */
  location(): DatabaseLocation;
  /** Opens a database, by default a new one, and brings it up to date. */
  open<Tables>(migrations: Migrations, location?: DatabaseLocation): Promise<Kysely<Tables>>;
  /** The settings by which a service process keeps its data in this database, by default a new one. */
  environment(location?: DatabaseLocation): Record<string, string>;
}

/** Runs a suite on SQLite and, where TEST_DATABASE_URL is set, on Postgres. */
export function describeDatabases(suite: (databases: TestDatabases) => void): void {
  describe("on SQLite", () => suite(sqliteDatabases()));
  const url = process.env.TEST_DATABASE_URL;
  if (url) describe("on Postgres", () => suite(postgresDatabases(url)));
}

function sqliteDatabases(): TestDatabases {
  const folder = mkdtempSync(join(tmpdir(), "tracekeep-databases-"));
  let count = 0;
  const location = () => ({ path: join(folder, `${++count}.db`) });
  return databases("sqlite", location, () => rmSync(folder, { recursive: true, force: true }));
}

function postgresDatabases(url: string): TestDatabases {
  const schemas: string[] = [];
  const location = (): PostgresLocation => {
    const schema = `test_${randomBytes(8).toString("hex")}`;
    schemas.push(schema);
    return { url, schema };
  };
  return databases("postgresql", location, async () => {
    const client = new Client({ connectionString: url });
    await client.connect();
    for (const schema of schemas) await client.query(`drop schema if exists "${schema}" cascade`);
    await client.end();
  });
}

function databases(
  system: TestDatabases["system"],
  location: () => DatabaseLocation,
  remove: () => Promise<void> | void,
): TestDatabases {
  const opened: { destroy(): Promise<void> }[] = [];
  afterAll(async () => {
    for (const database of opened) await database.destroy();
    await remove();
  });
  return {
    system,
    location,
    async open<Tables>(migrations: Migrations, at = location()) {
      const database = await openDatabase<Tables>({ ...at, migrations });
      opened.push(database);
      return database;
    },
    environment(at = location()): Record<string, string> {
      return "path" in at ? { DATABASE_PATH: at.path } : { DATABASE_URL: at.url, DATABASE_SCHEMA: at.schema };
    },
  };
}
