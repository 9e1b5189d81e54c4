import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { credentials, makeGenericClientConstructor, type ServiceDefinition } from "@grpc/grpc-js";
import { runToExit, startService } from "@tracekeep/service/testing";
import { loadTracingConfig, startTracing } from "tracekeep";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { arrived, parentOf, serviceOf, startIntake } from "./harness/stack.ts";

const root = join(import.meta.dirname, "..");
let copy: string;

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), "tracekeep-new-service-"));
  copyRepository();
  followTheDocument();
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

/** The repository's files, with its dependencies linked and its workspaces those of the copy. */
function copyRepository(): void {
  const list = [
    "ls-files",
    "--cached",
    "--others",
    "--exclude-standard",
    "common",
    "proto",
    "services",
    "scripts",
    "package.json",
    "tsconfig.json",
  ];
  for (const file of execFileSync("git", list, { cwd: root, encoding: "utf8" }).trim().split("\n")) {
    // Git also lists what has been deleted since the last commit.
    if (existsSync(join(root, file))) cpSync(join(root, file), join(copy, file));
  }
  const modules = join(copy, "node_modules");
  mkdirSync(join(modules, "@tracekeep"), { recursive: true });
  for (const name of readdirSync(join(root, "node_modules"))) {
    if (name !== "@tracekeep" && name !== "tracekeep")
      symlinkSync(join(root, "node_modules", name), join(modules, name));
  }
  symlinkSync(join(copy, "common/tracing"), join(modules, "tracekeep"));
  for (const [name, folder] of [
    ["proto", "proto"],
    ["service", "common/service"],
  ] as const) {
    symlinkSync(join(copy, folder), join(modules, "@tracekeep", name));
  }
}

/** Writes the document's files, changes what it says to change, and generates the code. */
function followTheDocument(): void {
  const document = readFileSync(join(root, "docs/SERVICE_DEVELOPMENT.md"), "utf8");
  const blocks = Array.from(document.matchAll(/^```\w+ (file|merge)=(\S+)\n([\s\S]*?)^```$/gm));
  for (const [, action, path = "", text = ""] of blocks) {
    const target = join(copy, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, action === "file" ? text : mergeJson(readFileSync(target, "utf8"), text));
  }
  expect(blocks.length).toBeGreaterThanOrEqual(7);
  execFileSync(process.execPath, ["scripts/proto.ts"], { cwd: copy, stdio: "pipe" });
}

function mergeJson(text: string, change: string): string {
  const manifest = JSON.parse(text);
  const { exports } = JSON.parse(change);
  return JSON.stringify({ ...manifest, exports: { ...manifest.exports, ...exports } }, null, 2);
}

test.each(["greeter", "gateway", "ledger", "payroll", "treasury"])(
  "wherever it is started, %s reads its own .env, which beats the one of the repository",
  async (service) => {
    const folder = join(copy, "services", service);
    const main = join(folder, "src/main.ts");
    writeFileSync(join(copy, ".env"), "SERVICE_NAME=root\nENVIRONMENT=root\nSERVICE_VERSION=root\nPORT=0\n");
    writeFileSync(join(folder, ".env"), "SERVICE_NAME=own\nENVIRONMENT=own\n");
    onTestFinished(() => {
      for (const file of [join(copy, ".env"), join(folder, ".env")]) rmSync(file);
    });
    const settings = { ENVIRONMENT: "environment" };
    const reads = { ...settings, READ_ENV_FILES: "true" };
    await using reading = await startService(main, reads);
    expect(await reading.line("listening")).toMatchObject({
      service: "own",
      version: "root",
      environment: "environment",
    });
    await using notReading = await startService(main, settings);
    expect(await notReading.line("listening")).toMatchObject({ service, environment: "environment" });
    // Tracing's settings come from the same files.
    writeFileSync(join(folder, ".env"), "TRACE_SAMPLE_RATE=abc\n");
    expect((await runToExit(main, reads)).stderr).toContain("TRACE_SAMPLE_RATE");
  },
);

test("a service that is made by following docs/SERVICE_DEVELOPMENT.md is part of the trace", {
  timeout: 60_000,
}, async () => {
  const intake = await startIntake();
  const env = { SENTRY_DSN: intake.dsn, TRACE_SAMPLE_RATE: "1", TRACE_EXPORT_INTERVAL_MS: "20" };
  const treasury = await startService(join(copy, "services/treasury/src/main.ts"), env);
  const greeter = await startService(join(copy, "services/greeter/src/main.ts"), {
    ...env,
    TREASURY_ADDRESS: treasury.address,
  });

  const tracing = startTracing(loadTracingConfig({ serviceName: "caller", env, cwd: "/" }));
  const generated: { GreeterServiceService: ServiceDefinition } = await import(
    join(copy, "proto/greeter/v1/greeter.ts")
  );
  const Client = makeGenericClientConstructor(generated.GreeterServiceService, "greeter.v1.GreeterService");
  const client = new Client(greeter.address, credentials.createInsecure(), tracing.clientOptions());
  const { traceId, text } = await tracing.withSpan("greet Ada", async (span) => {
    const answer = await new Promise<{ text: string }>((resolve, reject) => {
      const greet = client.greet as unknown as (
        request: object,
        callback: (error: Error | null, response: { text: string }) => void,
      ) => void;
      greet.call(client, { name: "Ada" }, (error, response) => (error ? reject(error) : resolve(response)));
    });
    return { traceId: span.spanContext().traceId, text: answer.text };
  });
  expect(text).toMatch(/^Hello Ada, we speak .*EUR/);

  const spans = await arrived(intake, traceId, 7);
  const outline = spans.map((span) => {
    const above = parentOf(span, spans);
    return `${serviceOf(span)}: ${span.name} < ${above === undefined ? "-" : `${serviceOf(above)}: ${above.name}`}`;
  });
  const greet = "greeter.v1.GreeterService/Greet";
  const listCurrencies = "treasury.v1.TreasuryService/ListCurrencies";
  expect(outline).toEqual(
    expect.arrayContaining([
      "caller: greet Ada < -",
      `caller: ${greet} < caller: greet Ada`,
      `greeter: ${greet} < caller: ${greet}`,
      `greeter: compose greeting < greeter: ${greet}`,
      `greeter: ${listCurrencies} < greeter: ${greet}`,
      `treasury: ${listCurrencies} < greeter: ${listCurrencies}`,
    ]),
  );

  client.close();
  await tracing.shutdown();
  expect([await greeter.stop(), await treasury.stop()]).toEqual([0, 0]);
  await intake.close();
});
