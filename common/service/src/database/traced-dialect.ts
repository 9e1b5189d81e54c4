import type { DatabaseConnection, Dialect, Driver } from "kysely";
import { withSpan } from "tracekeep";
import { describeQuery } from "./query-span.ts";

/**
 * The same dialect, with a span for every query.
 * @param system the database as `db.system.name` knows it, such as `sqlite`
 */
export function tracedDialect(dialect: Dialect, system: string): Dialect {
  return {
    createAdapter: () => dialect.createAdapter(),
    createIntrospector: (db) => dialect.createIntrospector(db),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createDriver: () => traceDriver(dialect.createDriver(), system),
  };
}

function traceDriver(driver: Driver, system: string): Driver {
  const traced = new WeakSet<DatabaseConnection>();
  const acquire = driver.acquireConnection.bind(driver);
  driver.acquireConnection = async (options) => {
    const connection = await acquire(options);
    // A pool hands out the same connections again and again.
    if (!traced.has(connection)) {
      traced.add(connection);
      traceConnection(connection, system);
    }
    return connection;
  };
  return driver;
}

function traceConnection(connection: DatabaseConnection, system: string): void {
  const execute = connection.executeQuery.bind(connection);
  connection.executeQuery = (query, options) => {
    const { name, kind, attributes } = describeQuery(query, system);
    return withSpan(name, { kind, attributes }, () => execute(query, options));
  };
}
