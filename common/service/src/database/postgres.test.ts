import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { status } from "@grpc/grpc-js";
import { sql } from "kysely";
import { Client } from "pg";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Migrations } from "./migrate.ts";
import { openDatabase } from "./open.ts";

const none = { migrations: {} };

/** An address of 127.0.0.1 at which nothing listens. */
async function closedAddress(): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return `127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
}

test("a Postgres that is not reached in time is named, without its password", async () => {
  const address = await closedAddress();
  const url = `postgres://baker:hunter2@${address}/bakery`;
  const opening = openDatabase({ url, schema: "bakery", connectTimeoutMs: 250, ...none });
  const error = await opening.catch((caught: unknown) => caught);
  expect(error).toMatchObject({
    message: `cannot open the database ${address}/bakery, schema bakery: check DATABASE_URL`,
    cause: { code: "ECONNREFUSED" },
  });
  expect(String(error)).not.toContain("hunter2");
});

/** Passes connections on to Postgres, until it is closed. */
async function startProxy(port: number, postgres: URL) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const target = connect(Number(postgres.port), postgres.hostname);
    for (const end of [socket, target]) sockets.add(end.on("error", () => {}));
    socket.pipe(target).pipe(socket);
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
}

const url = process.env.TEST_DATABASE_URL ?? "";

describe.runIf(url)("with Postgres", () => {
  /** A database in a schema of its own. */
  async function open(poolSize: number) {
    const schema = `test_pool_${crypto.randomUUID().replaceAll("-", "")}`;
    const warnings: string[] = [];
    const logger = { warn: (_: object, message: string) => void warnings.push(message) };
    const database = await openDatabase({ url, schema, poolSize, logger, ...none });
    onTestFinished(async () => {
      await sql.raw(`drop schema "${schema}" cascade`).execute(database);
      await database.destroy();
    });
    return { database, warnings };
  }

  test("instances that start at once bring the tables up to date once", async () => {
    const schema = `test_start_${crypto.randomUUID().replaceAll("-", "")}`;
    const migrations: Migrations = {
      "1-loaves": { up: ({ schema }) => schema.createTable("loaves").addColumn("id", "integer").execute() },
      "2-rye": { up: (database) => sql`insert into loaves values (1)`.execute(database).then(() => {}) },
    };
    const start = () => openDatabase({ url, schema, migrations });
    const [first, ...others] = await Promise.all([start(), start(), start(), start()]);
    onTestFinished(async () => {
      await sql.raw(`drop schema "${schema}" cascade`).execute(first);
      for (const database of [first, ...others]) await database.destroy();
    });
    expect((await sql`select id from loaves`.execute(first)).rows).toEqual([{ id: 1 }]);
  });

  test("a refused password ends the wait at once", async () => {
    const wrong = new URL(url);
    wrong.password = "wrong";
    const opening = openDatabase({ url: wrong.href, schema: "x", connectTimeoutMs: 600_000, ...none });
    await expect(opening).rejects.toMatchObject({ cause: { code: "28P01" } });
  });

  test("no more connections are open than the pool may have", async () => {
    const { database } = await open(2);
    const pids = await Promise.all(
      Array.from({ length: 12 }, async () => {
        const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid, pg_sleep(0.01)`.execute(
          database,
        );
        return rows[0]?.pid;
      }),
    );
    expect(new Set(pids).size).toBe(2);
  });

  test("a connection that Postgres ends is a warning, and the next query has a new one", async () => {
    const { database, warnings } = await open(1);
    const pid = async () =>
      (await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(database)).rows[0]?.pid;
    const before = await pid();
    const admin = new Client({ connectionString: url });
    await admin.connect();
    await admin.query("select pg_terminate_backend($1)", [before]);
    await admin.end();
    await expect.poll(() => warnings).toEqual(["Postgres has ended an idle connection"]);
    expect(await pid()).not.toBe(before);
  });

  test("the start waits for a Postgres that comes up later; one that goes down is UNAVAILABLE until it is back", async () => {
    const address = await closedAddress();
    const through = new URL(url);
    through.host = address;
    const schema = `test_late_${crypto.randomUUID().replaceAll("-", "")}`;
    const warnings: string[] = [];
    const failed = Promise.withResolvers<void>();
    const logger = {
      warn(_: object, message: string) {
        warnings.push(message);
        failed.resolve();
      },
    };
    const opening = openDatabase({ url: through.href, schema, logger, ...none });
    await failed.promise;
    const port = Number(through.port);
    let stop = await startProxy(port, new URL(url));
    const database = await opening;
    const one = () => sql<{ one: number }>`select 1 as one`.execute(database);
    expect((await one()).rows).toEqual([{ one: 1 }]);

    stop();
    await expect.poll(() => warnings.at(-1)).toBe("Postgres has ended an idle connection");
    await expect(one()).rejects.toMatchObject({
      name: "ServiceError",
      code: status.UNAVAILABLE,
      message: "the database cannot be reached",
    });
    expect(warnings.at(-1)).toBe("the database cannot be reached");

    stop = await startProxy(port, new URL(url));
    expect((await one()).rows).toEqual([{ one: 1 }]);
    await sql.raw(`drop schema "${schema}" cascade`).execute(database);
    await database.destroy();
    stop();
  });

  test("of two transactions that lock each other out one is ABORTED, for its caller to try again", async () => {
    const { database } = await open(2);
    await sql`create table ovens (id int primary key, loaves int)`.execute(database);
    await sql`insert into ovens values (1, 0), (2, 0)`.execute(database);
    const both = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const lock = (first: number, second: number, own: number) =>
      database.transaction().execute(async (transaction) => {
        await sql`update ovens set loaves = loaves + 1 where id = ${first}`.execute(transaction);
        both[own]?.resolve();
        await both[1 - own]?.promise;
        await sql`update ovens set loaves = loaves + 1 where id = ${second}`.execute(transaction);
      });
    const results = await Promise.allSettled([lock(1, 2, 0), lock(2, 1, 1)]);
    expect(results.map((result) => result.status).sort()).toEqual(["fulfilled", "rejected"]);
    const rejected = results.find((result) => result.status === "rejected");
    expect(rejected).toMatchObject({ reason: { name: "ServiceError", code: status.ABORTED } });
  });
});
