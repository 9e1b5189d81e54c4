import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { CompiledQuery, type Dialect, SqliteAdapter, type SqliteDatabase, SqliteDialect } from "kysely";

/** How long a statement waits for another process's lock on the file, in milliseconds. */
const lockTimeoutMs = 5_000;

/**
 * Kysely's SQLite dialect on Node's own SQLite.
 * @param path a file, made if it is not there, or `:memory:`
 * @throws Error that names the path, if it cannot be opened
 */
export function sqliteDialect(path: string): Dialect {
  return new OneWriterDialect({ database: open(path) });
}

/** Transactions take the write lock when they begin: one that reads first could else not write any more. */
class OneWriterDialect extends SqliteDialect {
  override createDriver() {
    const driver = super.createDriver();
    driver.beginTransaction = async (connection) => {
      await connection.executeQuery(CompiledQuery.raw("begin immediate"));
    };
    return driver;
  }

  override createAdapter() {
    return new TransactionalAdapter();
  }
}

/** Migrations run in one transaction: all of them or none, and another process waits for it. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl() {
    return true;
  }
}

function open(path: string): SqliteDatabase {
  let database: DatabaseSync;
  try {
    database = new DatabaseSync(path, { timeout: lockTimeoutMs });
    // Readers then do not wait for the writer; an in-memory database ignores it.
    database.exec("PRAGMA journal_mode = WAL");
  } catch (error) {
    throw new Error(`cannot open the database ${path}: give a file in a folder that exists and is writable`, {
      cause: error,
    });
  }
  return {
    close: () => database.close(),
    prepare(sql) {
      const statement = database.prepare(sql);
      return {
        reader: statement.columns().length > 0,
        all: (parameters) => statement.all(...inputs(parameters)),
        run: (parameters) => statement.run(...inputs(parameters)),
        iterate: (parameters) => statement.iterate(...inputs(parameters)),
      };
    },
  };
}

// SQLite itself refuses, with a clear message, what is no input value.
function inputs(parameters: readonly unknown[]): SQLInputValue[] {
  return parameters as SQLInputValue[];
}
