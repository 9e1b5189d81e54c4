import { SpanKind } from "@opentelemetry/api";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openDatabase } from "./open.ts";
import { describeQuery } from "./query-span.ts";

interface Tables {
  loaves: { id: number; grain: string };
  ovens: { id: number };
}

let database: Awaited<ReturnType<typeof openDatabase<Tables>>>;
beforeAll(async () => {
  database = await openDatabase<Tables>({ path: ":memory:", migrations: {} });
});
afterAll(() => database.destroy());

test("a query's span has the statement with placeholders instead of values", () => {
  const query = database.insertInto("loaves").values({ id: 42, grain: "secret rye" }).compile();
  expect(describeQuery(query, "sqlite")).toEqual({
    name: "INSERT loaves",
    kind: SpanKind.CLIENT,
    attributes: {
      "db.system.name": "sqlite",
      "db.operation.name": "INSERT",
      "db.collection.name": "loaves",
      "db.query.text": 'insert into "loaves" ("id", "grain") values (?, ?)',
      "sentry.op": "db",
    },
  });
});

test("a span is named by operation and table", () => {
  const names = [
    database.selectFrom("loaves").selectAll(),
    database.updateTable("loaves").set({ grain: "oat" }),
    database.deleteFrom("loaves"),
  ].map((query) => describeQuery(query.compile(), "sqlite").name);
  expect(names).toEqual(["SELECT loaves", "UPDATE loaves", "DELETE loaves"]);
});

test("a query on several tables, or a raw one, is named by its operation only", () => {
  const several = database.selectFrom(["loaves", "ovens"]).select("grain").compile();
  const raw = sql`pragma user_version`.compile(database);
  for (const [query, name] of [
    [several, "SELECT"],
    [raw, "PRAGMA"],
  ] as const) {
    const span = describeQuery(query, "sqlite");
    expect(span.name).toBe(name);
    expect(span.attributes).not.toHaveProperty("db.collection.name");
  }
});
