import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ColumnType, Kysely } from "kysely";
import { expect, onTestFinished, test } from "vitest";
import { describeDatabases } from "../testing/describe-databases.ts";
import type { Migrations } from "./migrate.ts";
import { openDatabase } from "./open.ts";

interface Tables {
  loaves: { id: number; grain: string };
  tills: { id: number; cents: ColumnType<bigint | number | string, bigint, bigint> };
}

const migrations: Migrations = {
  "1-loaves": {
    async up(database: Kysely<Tables>) {
      await database.schema
        .createTable("loaves")
        .addColumn("id", "integer", (column) => column.primaryKey())
        .addColumn("grain", "text")
        .execute();
      await database.insertInto("loaves").values({ id: 1, grain: "rye" }).execute();
    },
  },
};

const withTills: Migrations = {
  ...migrations,
  "2-tills": {
    async up(database: Kysely<Tables>) {
      await database.schema
        .createTable("tills")
        .addColumn("id", "integer", (column) => column.primaryKey())
        .addColumn("cents", "bigint", (column) => column.notNull())
        .execute();
      await database.insertInto("tills").values({ id: 1, cents: 0n }).execute();
    },
  },
};

describeDatabases(({ system, open, location }) => {
  test("a new database has the tables of its migrations", async () => {
    const database = await open<Tables>(migrations);
    expect(await database.selectFrom("loaves").selectAll().execute()).toEqual([{ id: 1, grain: "rye" }]);
  });

  test("two databases have nothing in common", async () => {
    const [one, two] = [await open<Tables>(migrations), await open<Tables>(migrations)];
    await one.deleteFrom("loaves").execute();
    expect(await two.selectFrom("loaves").selectAll().execute()).toHaveLength(1);
  });

  test("a database keeps its rows, and a migration runs only once", async () => {
    const place = location();
    const first = await open<Tables>(migrations, place);
    await first.insertInto("loaves").values({ id: 2, grain: "oat" }).execute();
    await first.destroy();
    const second = await open<Tables>(withTills, place);
    expect(await second.selectFrom("loaves").select("grain").orderBy("id").execute()).toEqual([
      { grain: "rye" },
      { grain: "oat" },
    ]);
  });

  test("concurrent transactions lose nothing, and a failed one leaves nothing", async () => {
    const database = await open<Tables>(migrations);
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

  test("a row that concurrent transactions read and change gets every change", async () => {
    const place = location();
    const one = await open<Tables>(withTills, place);
    // A SQLite file is for one process, which has one connection to it.
    const two = system === "sqlite" ? one : await open<Tables>(withTills, place);
    const sell = (database: Kysely<Tables>) =>
      database.transaction().execute(async (transaction) => {
        const read = transaction.selectFrom("tills").select("cents").where("id", "=", 1);
        const { cents } = await (system === "sqlite" ? read : read.forUpdate()).executeTakeFirstOrThrow();
        await transaction
          .updateTable("tills")
          .set({ cents: BigInt(cents) + 250n })
          .where("id", "=", 1)
          .execute();
      });
    await Promise.all(Array.from({ length: 10 }, () => [sell(one), sell(two)]).flat());
    const { cents } = await one.selectFrom("tills").select("cents").executeTakeFirstOrThrow();
    expect(BigInt(cents)).toBe(5_000n);
  });

  test("a failing migration is named, and leaves nothing of the migrations that ran with it", async () => {
    const place = location();
    const broken = { ...migrations, "2-broken": { up: async () => Promise.reject(new Error("no flour")) } };
    await expect(open(broken, place)).rejects.toThrow("migration 2-broken failed on ");
    const empty = await open<Tables>({}, place);
    await expect(empty.selectFrom("loaves").selectAll().execute()).rejects.toThrow(/no such|does not exist/);
    const database = await open<Tables>(withTills, place);
    expect(await database.selectFrom("tills").selectAll().execute()).toHaveLength(1);
  });
});

test("two in-memory databases have nothing in common", async () => {
  await using one = await openDatabase<Tables>({ path: ":memory:", migrations });
  await using two = await openDatabase<Tables>({ path: ":memory:", migrations });
  await one.deleteFrom("loaves").execute();
  expect(await two.selectFrom("loaves").selectAll().execute()).toHaveLength(1);
});

test("a path that cannot be opened is named", async () => {
  const folder = await mkdtemp(join(tmpdir(), "tracekeep-database-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, "missing", "bakery.db");
  await expect(openDatabase({ path, migrations })).rejects.toThrow(`cannot open the database ${path}`);
});
