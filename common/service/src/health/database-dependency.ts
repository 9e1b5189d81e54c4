import { type Kysely, sql } from "kysely";
import { type DatabaseLocation, describeLocation } from "../database/location.ts";
import type { Dependency } from "./dependency.ts";

/** The service's own database, without which it is useless. */
export function databaseDependency<Tables>(database: Kysely<Tables>, location: DatabaseLocation): Dependency {
  return {
    name: "database",
    kind: "path" in location ? "sqlite" : "postgresql",
    critical: true,
    address: describeLocation(location),
    check: () => sql`select 1`.execute(database),
  };
}
