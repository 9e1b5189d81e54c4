import { loadTracingConfig, startTracing, withSpan } from "tracekeep";
import { startIntake } from "tracekeep-viewer";
import { expect, test } from "vitest";
import { openDatabase } from "./open.ts";

interface Tables {
  loaves: { id: number };
}

test("queries are spans below the active one, a failed query is an error, migrations are none", async () => {
  await using intake = await startIntake();
  const env = { SENTRY_DSN: intake.dsn, TRACE_SAMPLE_RATE: "1" };
  const tracing = startTracing(loadTracingConfig({ serviceName: "bakery", env }));
  const traceId = await withSpan("bake", async (span) => {
    await using database = await openDatabase<Tables>({
      path: ":memory:",
      migrations: {
        one: {
          up: (db) =>
            db.schema
              .createTable("loaves")
              .addColumn("id", "integer", (c) => c.primaryKey())
              .execute(),
        },
      },
    });
    const insert = () => database.insertInto("loaves").values({ id: 7 }).execute();
    await insert();
    await expect(insert()).rejects.toThrow("UNIQUE");
    return span.spanContext().traceId;
  });
  await tracing.shutdown();

  const { nodes } = await intake.waitForTrace(traceId, (trace) => trace.nodes.length === 3);
  const [root, ...queries] = nodes.map(({ span }) => span);
  expect(root?.name).toBe("bake");
  expect(queries.map(({ name, kind, parentSpanId }) => ({ name, kind, parentSpanId }))).toEqual(
    Array(2).fill({ name: "INSERT loaves", kind: "client", parentSpanId: root?.spanId }),
  );
  expect(queries.map(({ status }) => status)).toEqual(["unset", "error"]);
});
