import { spawn } from "node:child_process";
import { once } from "node:events";
import { type PrivatePostgres, startPrivatePostgres } from "./private-postgres.ts";

const usage = `node scripts/postgres.ts COMMAND [ARGUMENT...]

Starts a private Postgres, runs the command with its URL in TEST_DATABASE_URL, and stops it again.
Exits with the command's exit code, or with 1 if Postgres does not start.`;

async function run([command = "", ...parameters]: readonly string[], url: string): Promise<number> {
  const env = { ...process.env, TEST_DATABASE_URL: url };
  const child = spawn(command, parameters, { stdio: "inherit", env });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
  const [code] = await once(child, "close");
  return typeof code === "number" ? code : 1;
}

const command = process.argv.slice(2);
if (command.length === 0 || command[0] === "--help") {
  console.log(usage);
  process.exit(command.length === 0 ? 1 : 0);
}
let postgres: PrivatePostgres | undefined;
try {
  postgres = await startPrivatePostgres();
  process.exitCode = await run(command, postgres.url);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await postgres?.stop();
}
