import { z } from "zod";
import { wholeNumber } from "../config/variables.ts";

const schemaName = /^[a-z_][a-z0-9_]{0,62}$/;

/** Where a service keeps its data, for the `variables` of its configuration. */
export const databaseVariables = {
  /** A Postgres database, `postgres://USER:PASSWORD@HOST:PORT/DATABASE`; without it, SQLite is used. */
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\/\S+$/, "write postgres://USER:PASSWORD@HOST:PORT/DATABASE")
    .refine((url) => URL.canParse(url), "write postgres://USER:PASSWORD@HOST:PORT/DATABASE")
    .optional(),
  /** The schema of the tables in Postgres, made if it is not there; default: the service's name. */
  DATABASE_SCHEMA: z
    .string()
    .regex(schemaName, "write lower-case letters, digits and _, such as ledger")
    .optional(),
  /** The most connections to Postgres at a time. */
  DATABASE_POOL_SIZE: wholeNumber(1, 1_000).default(10),
  /** How long the start waits for Postgres to be reached, in milliseconds. */
  DATABASE_CONNECT_TIMEOUT_MS: wholeNumber(0, 600_000).default(30_000),
  /** A SQLite file, made if it is not there, or `:memory:`. */
  DATABASE_PATH: z.string().default(":memory:"),
};

export interface SqliteLocation {
  /** A SQLite file, made if it is not there, or `:memory:`. */
  readonly path: string;
}

export interface PostgresLocation {
  readonly url: string;
  /** The schema of the tables, made if it is not there. */
  readonly schema: string;
  /** The most connections at a time; default 10. */
  readonly poolSize?: number;
  /** How long opening it waits for it to be reached, in milliseconds; default 30,000. */
  readonly connectTimeoutMs?: number;
}

export type DatabaseLocation = SqliteLocation | PostgresLocation;

type DatabaseConfig = z.infer<z.ZodObject<typeof databaseVariables>> & { readonly SERVICE_NAME: string };

/** The database that the configuration names. */
export function databaseLocation(config: DatabaseConfig): DatabaseLocation {
  if (config.DATABASE_URL === undefined) return { path: config.DATABASE_PATH };
  return {
    url: config.DATABASE_URL,
    schema: config.DATABASE_SCHEMA ?? schemaOf(config.SERVICE_NAME),
    poolSize: config.DATABASE_POOL_SIZE,
    connectTimeoutMs: config.DATABASE_CONNECT_TIMEOUT_MS,
  };
}

function schemaOf(serviceName: string): string {
  const name = serviceName
    .toLowerCase()
    .replace(/[^a-z0-9_]/g, "_")
    .slice(0, 62);
  return schemaName.test(name) ? name : `_${name}`;
}

/** The location for people to read, without user and password. */
export function describeLocation(location: DatabaseLocation): string {
  if ("path" in location) return location.path;
  const { host, pathname } = new URL(location.url);
  return `${host}${pathname}, schema ${location.schema}`;
}
