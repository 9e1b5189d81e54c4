import { status } from "@grpc/grpc-js";
import type { AbortableOperationOptions, CompiledQuery, DatabaseConnection, Dialect, Driver } from "kysely";
import { DatabaseError } from "pg";
import { ServiceError } from "../grpc/errors.ts";

/** Learns of failures that callers only see the kind of. */
export interface FailureLogger {
  warn(fields: object, message: string): void;
}

const networkCodes = /^(ECONN(REFUSED|RESET)|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE|E(HOST|NET)UNREACH)$/;
/** Errors of the driver, which have no code. */
const lostConnection =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered)/;

/** The same dialect; failures that pass by themselves are ServiceErrors, by which callers know that they may try again. */
export function passingFailures(dialect: Dialect, logger: FailureLogger | undefined): Dialect {
  const translate = (error: unknown): unknown => {
    const passing = passingFailure(error);
    if (passing) logger?.warn({ err: error }, passing.message);
    return passing ?? error;
  };
  return {
    createAdapter: () => dialect.createAdapter(),
    createIntrospector: (db) => dialect.createIntrospector(db),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createDriver: () => translateDriver(dialect.createDriver(), translate),
  };
}

/** UNAVAILABLE if the database is not there, ABORTED if the transaction met another one; else undefined. */
export function passingFailure(error: unknown): ServiceError | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = "code" in error ? String(error.code) : "";
  const refused = error instanceof DatabaseError;
  // SQLSTATE: 40001 serialisation failure, 40P01 deadlock.
  if (refused && /^40(001|P01)$/.test(code)) {
    return new ServiceError(status.ABORTED, "the request met another one: try again", { cause: error });
  }
  // SQLSTATE: 22021, a character that text cannot hold. SQLite holds it.
  if (refused && code === "22021") {
    return new ServiceError(status.INVALID_ARGUMENT, "a text has the character U+0000: leave it out", {
      cause: error,
    });
  }
  // Classes of SQLSTATE: 08 connection, 53 too many connections, 57P starting up or shutting down.
  const unreachable = refused
    ? /^(08|53|57P)/.test(code)
    : networkCodes.test(code) || lostConnection.test(error.message);
  return unreachable
    ? new ServiceError(status.UNAVAILABLE, "the database cannot be reached", { cause: error })
    : undefined;
}

function translateDriver(driver: Driver, translate: (error: unknown) => unknown): Driver {
  const known = new WeakSet<DatabaseConnection>();
  const acquire = driver.acquireConnection.bind(driver);
  driver.acquireConnection = async (options) => {
    const connection = await acquire(options).catch((error: unknown) => {
      throw translate(error);
    });
    // A pool hands out the same connections again and again.
    if (!known.has(connection)) translateConnection(connection, translate);
    known.add(connection);
    return connection;
  };
  return driver;
}

function translateConnection(connection: DatabaseConnection, translate: (error: unknown) => unknown): void {
  const execute = connection.executeQuery.bind(connection);
  connection.executeQuery = async <R>(query: CompiledQuery, options?: AbortableOperationOptions) => {
    try {
      return await execute<R>(query, options);
    } catch (error) {
      throw translate(error);
    }
  };
}
