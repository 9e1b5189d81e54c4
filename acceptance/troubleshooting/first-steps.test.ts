import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { runToExit } from "@tracekeep/service/testing";
import { expect } from "vitest";
import { runCli } from "../../common/tracing/test/cli/harness/run-cli.ts";
import { runNode } from "../../common/tracing/test/harness/run-node.ts";
import { mainOf, startIntake } from "../harness/stack.ts";
import { entry } from "./harness/page.ts";
import { logOfOneCall } from "./harness/probe.ts";
import { installWithOwnGrpc, serviceFolder } from "./harness/service-folder.ts";

const doctor = async (env: Record<string, string> = {}, cwd?: string) =>
  (await runCli(["doctor"], env, cwd)).stdout;

entry("The service does not find a module", async () => {
  const folder = serviceFolder({ "main.js": 'import "tracekeep";' });
  const { code, stderr } = await runNode(join(folder, "main.js"), { cwd: folder });
  expect(code).toBe(1);
  return `${stderr}\n${await doctor({}, folder)}`;
});

entry(
  "The TypeScript build fails",
  async () => {
    const folder = serviceFolder({
      "main.ts": `import { Server } from "@grpc/grpc-js";
import { loadTracingConfig, startTracing } from "tracekeep";
startTracing(loadTracingConfig()).attach(new Server());`,
      "tsconfig.json": JSON.stringify({
        extends: join(import.meta.dirname, "../../tsconfig.json"),
        compilerOptions: { typeRoots: ["node_modules/@types"] },
        files: ["main.ts"],
      }),
    });
    installWithOwnGrpc(folder);
    const tsc = join(import.meta.dirname, "../../node_modules/typescript/bin/tsc");
    const built = await promisify(execFile)(process.execPath, [tsc, "-p", folder]).catch(
      ({ stdout }: { stdout: string }) => ({ stdout }),
    );
    return `${built.stdout}\n${await doctor({}, folder)}`;
  },
  60_000,
);

entry("The service runs, but nothing is traced", async () => {
  const intake = await startIntake();
  const off = { SENTRY_DSN: intake.dsn, TRACING_ENABLED: "false" };
  const misspelt = { SENTRY_DNS: intake.dsn, TRACE_SAMPLE_RATE: "1" };
  const log = [await logOfOneCall({ ...off, TRACE_SAMPLE_RATE: "1" }), await logOfOneCall(misspelt)];
  expect(intake.requests).toEqual([]);
  const said = [await doctor(off), await doctor(misspelt)];
  await intake.close();
  return [...log, ...said].join("\n");
});

entry("The service does not start any more", async () => {
  const env = {
    SENTRY_DSN: "https://0123456789abcdef@sentry.example/ledger",
    TRACE_SAMPLE_RATE: "1%",
  };
  const { code, stderr } = await runToExit(mainOf("treasury"), env);
  expect(code).toBe(1);
  return `${stderr}\n${await doctor(env)}`;
});

entry("Traces do not appear in Sentry", async () => {
  const intake = await startIntake();
  const env = { SENTRY_DSN: intake.dsn, TRACE_SAMPLE_RATE: "0", TRACE_KEEP_ERRORS: "false" };
  const log = await logOfOneCall(env);
  expect(intake.spans).toEqual([]);
  const said = await doctor(env);
  await intake.close();
  return `${log}\n${said}`;
});

entry("Only some traces appear", async () => {
  const intake = await startIntake();
  const said = await doctor({ SENTRY_DSN: intake.dsn });
  await intake.close();
  return said;
});

entry("Sentry does not take a name", async () => {
  const intake = await startIntake();
  const env = {
    SENTRY_DSN: intake.dsn,
    TRACE_ENVIRONMENT: "pre prod",
    TRACE_SERVICE_VERSION: "ledger/1.4.0",
  };
  const log = await logOfOneCall(env);
  const said = await doctor(env);
  await intake.close();
  return `${log}\n${said}`;
});
