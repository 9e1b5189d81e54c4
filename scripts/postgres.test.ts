import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, test } from "vitest";

const script = join(import.meta.dirname, "postgres.ts");

// Where the tests run with Postgres, it is installed.
test.runIf(process.env.TEST_DATABASE_URL)(
  "a command gets a Postgres of its own, and its exit code is passed on",
  async () => {
    const connects = `
    const { Client } = await import("pg");
    const client = new Client({ connectionString: process.env.TEST_DATABASE_URL });
    await client.connect();
    const { rows } = await client.query("select count(*)::int as schemas from pg_namespace where nspname like 'test_%'");
    await client.end();
    process.exit(rows[0].schemas === 0 ? 7 : 1);`;
    const child = spawn(process.execPath, [script, process.execPath, "--input-type=module", "-e", connects], {
      cwd: join(import.meta.dirname, "../common/service"),
      stdio: "inherit",
    });
    const [code] = await once(child, "close");
    expect(code).toBe(7);
  },
);
