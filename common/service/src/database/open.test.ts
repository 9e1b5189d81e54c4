import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Kysely } from "kysely";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Migrations, openDatabase } from "./open.ts";

interface Tables {
  loaves: { id: number; grain: string };
}

const migrations: Migrations = {
  "1-loaves": {
    async up(database: Kysely<Tables>) {
      await database.schema
        .createTable("loaves")
        .addColumn("id", "integer")
        .addColumn("grain", "text")
        .execute();
      await database.insertInto("loaves").values({ id: 1, grain: "rye" }).execute();
    },
  },
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tracekeep-database-"));
});
afterEach(() => rm(folder, { recursive: true }));

test("a new database has the tables of its migrations", async () => {
  await using database = await openDatabase<Tables>({ path: ":memory:", migrations });
  expect(await database.selectFrom("loaves").selectAll().execute()).toEqual([{ id: 1, grain: "rye" }]);
});

test("two in-memory databases have nothing in common", async () => {
  await using one = await openDatabase<Tables>({ path: ":memory:", migrations });
  await using two = await openDatabase<Tables>({ path: ":memory:", migrations });
  await one.deleteFrom("loaves").execute();
  expect(await two.selectFrom("loaves").selectAll().execute()).toHaveLength(1);
});

test("a file keeps its rows, and a migration runs only once", async () => {
  const path = join(folder, "bakery.db");
  const first = await openDatabase<Tables>({ path, migrations });
  await first.insertInto("loaves").values({ id: 2, grain: "oat" }).execute();
  await first.destroy();
  await using second = await openDatabase<Tables>({ path, migrations });
  expect(await second.selectFrom("loaves").select("grain").orderBy("id").execute()).toEqual([
    { grain: "rye" },
    { grain: "oat" },
  ]);
});

test("concurrent transactions wait for each other, and a failed one leaves nothing", async () => {
  await using database = await openDatabase<Tables>({ path: ":memory:", migrations });
  const add = (id: number) =>
    database.transaction().execute(async (transaction) => {
      await transaction.insertInto("loaves").values({ id, grain: "rye" }).execute();
      if (id === 12) throw new Error("burnt");
    });
  const results = await Promise.allSettled([add(11), add(12), add(13)]);
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  const rows = await database.selectFrom("loaves").select("id").orderBy("id").execute();
  expect(rows.map(({ id }) => id)).toEqual([1, 11, 13]);
});

test("a failing migration is named", async () => {
  const broken: Migrations = { "2-broken": { up: async () => Promise.reject(new Error("no flour")) } };
  await expect(openDatabase({ path: ":memory:", migrations: broken })).rejects.toThrow(
    "migration 2-broken failed on :memory:",
  );
});

test("a path that cannot be opened is named", async () => {
  const path = join(folder, "missing", "bakery.db");
  await expect(openDatabase({ path, migrations })).rejects.toThrow(`cannot open the database ${path}`);
});
