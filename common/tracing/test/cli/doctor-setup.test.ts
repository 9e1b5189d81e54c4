import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { INSTALLED, type Manifests, packageFolder } from "./harness/package-folder.ts";
import { doctor, emptyFolder, runCli } from "./harness/run-cli.ts";

test("every fault of the configuration is a line of its own, with the fix", async () => {
  const { code, ok, of } = await doctor({
    TRACE_SAMPLE_RATE: "1%",
    TRACE_TRUST_REMOTE: "some",
    SENTRY_DSN: "https://0123456789abcdef@sentry.example/ledger",
  });
  expect({ code, ok }).toEqual({ code: 1, ok: false });
  expect(of("configuration")).toEqual([
    {
      name: "configuration",
      verdict: "fault",
      message: 'TRACE_SAMPLE_RATE is "1%"',
      fix: "write a number from 0 to 1, such as 0.01 for 1%",
    },
    expect.objectContaining({ verdict: "fault", message: 'TRACE_TRUST_REMOTE is "some"' }),
  ]);
  expect(of("dsn")[0]).toMatchObject({
    verdict: "fault",
    message: "SENTRY_DSN does not end with a numeric project id",
  });
  expect(of("sentry authentication")[0]?.verdict).toBe("not checked");
});

test("the text has one line a check, with its sign, and the fix below", async () => {
  const { code, stdout } = await runCli(["doctor"], { SENTRY_DNS: "x", TRACE_SAMPLE_RATE: "0" });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^✓ node +Node\.js \d/);
  expect(stdout).toMatch(/\n! configuration +SENTRY_DNS is not a setting .+ did you mean SENTRY_DSN\?\n +→ /);
  expect(stdout).toMatch(/\n! sampling +TRACE_SAMPLE_RATE is 0: only failed traces are sent/);
  expect(stdout).toMatch(/\n- packages +not checked: /);
  expect(stdout).toMatch(/0 faults, 3 warnings\.\n$/);
});

test.each([
  [{ TRACE_SAMPLE_RATE: "0", TRACE_KEEP_ERRORS: "false" }, "no trace that begins here is sent"],
  [{ TRACE_KEEP_ERRORS: "false" }, "TRACE_KEEP_ERRORS is false: of failed traces, too, only 1 % are sent"],
  [{ TRACE_SAMPLE_RATE: "1", ENVIRONMENT: "production" }, "TRACE_SAMPLE_RATE is 1 in production"],
])("%o is warned of", async (env, message) => {
  const { code, of } = await doctor(env);
  expect(code).toBe(0);
  expect(of("sampling")).toContainEqual(
    expect.objectContaining({ verdict: "warning", message: expect.stringContaining(message) }),
  );
});

test("a .env file that is not UTF-8 is told", async () => {
  const cwd = emptyFolder();
  writeFileSync(join(cwd, ".env"), Buffer.from("TRACE_SAMPLE_RATE=1\n", "utf16le"));
  expect((await doctor({}, cwd)).of("configuration")[0]?.message).toContain("is not UTF-8 text");
});

test("names that Sentry does not take are warned of where Sentry gets them", async () => {
  const names = { TRACE_ENVIRONMENT: "pre prod", TRACE_SERVICE_VERSION: "ledger/1.4.0" };
  const { of } = await doctor({ ...names, SENTRY_DSN: "http://0123456789abcdef@127.0.0.1:9/42" });
  const warned = (what: string) =>
    expect.objectContaining({ verdict: "warning", message: expect.stringContaining(what) });
  expect(of("configuration")).toEqual([
    warned('the environment "pre prod"'),
    warned('the release "ledger/1.4.0"'),
  ]);
  expect((await doctor(names)).of("configuration")[0]?.verdict).toBe("ok");
});

test("a spool that cannot be a directory is a fault, one that can be made is not, and nothing is made", async () => {
  const cwd = emptyFolder();
  writeFileSync(join(cwd, "file"), "");
  expect((await doctor({ TRACE_SPOOL_DIR: "file" }, cwd)).of("spool")[0]?.verdict).toBe("fault");
  expect((await doctor({ TRACE_SPOOL_DIR: "new/spool" }, cwd)).of("spool")[0]).toMatchObject({
    verdict: "ok",
    message: expect.stringContaining("can be made"),
  });
  mkdirSync(join(cwd, "closed"));
  chmodSync(join(cwd, "closed"), 0o500);
  // Root may write anywhere.
  const expected = process.getuid?.() === 0 ? "ok" : "fault";
  expect((await doctor({ TRACE_SPOOL_DIR: "closed" }, cwd)).of("spool")[0]?.verdict).toBe(expected);
});

const installedWith = (more: Manifests): string => packageFolder({ ...INSTALLED, ...more });

test("a service that has installed what the README says is fine, however it is installed", async () => {
  const { of } = await doctor({}, packageFolder(INSTALLED));
  for (const name of ["tracekeep", "@opentelemetry/api", "@grpc/grpc-js"])
    expect(of(name)).toEqual([expect.objectContaining({ verdict: "ok" })]);
  expect(of("other tracers")).toEqual([]);
});

test("what is missing is named with the command that installs it", async () => {
  const { "node_modules/@opentelemetry/api": _, ...rest } = INSTALLED;
  const { code, of } = await doctor({}, packageFolder(rest));
  expect(code).toBe(1);
  expect(of("tracekeep")[0]).toMatchObject({
    verdict: "fault",
    message: expect.stringContaining("@opentelemetry/api, which tracekeep needs"),
    fix: 'run "npm install @opentelemetry/api"',
  });
});

test("two versions of the API are a warning that names who brings each; two copies of one version are none", async () => {
  const older = (version: string) =>
    installedWith({
      "": {
        name: "ledger",
        dependencies: { tracekeep: "*", "@opentelemetry/api": "*", "@grpc/grpc-js": "*", pg: "*" },
      },
      "node_modules/pg": { name: "pg", version: "1.0.0", dependencies: { "@opentelemetry/api": "*" } },
      "node_modules/pg/node_modules/@opentelemetry/api": { name: "@opentelemetry/api", version },
    });
  expect((await doctor({}, older("1.9.0"))).of("@opentelemetry/api")[0]).toMatchObject({
    verdict: "warning",
    message: expect.stringMatching(/2 versions \(.*1\.9\.0 by pg/),
  });
  expect((await doctor({}, older("1.10.0"))).of("@opentelemetry/api")[0]?.verdict).toBe("ok");
});

test.each(["dd-trace", "@opentelemetry/sdk-node", "@opentelemetry/instrumentation-grpc", "@sentry/node"])(
  "another tracer among the dependencies is warned of, one for development is not: %s",
  async (name) => {
    const folder = (kind: string) =>
      installedWith({
        "": { name: "ledger", dependencies: { tracekeep: "*" }, [kind]: { tracekeep: "*", [name]: "*" } },
        [`node_modules/${name}`]: { name, version: "6.0.0" },
      });
    expect((await doctor({}, folder("dependencies"))).of("other tracers")).toEqual([
      expect.objectContaining({ verdict: "warning", message: expect.stringContaining(`${name} 6.0.0`) }),
    ]);
    expect((await doctor({}, folder("devDependencies"))).of("other tracers")).toEqual([]);
  },
);

test("what NODE_OPTIONS loads before the service is warned of", async () => {
  const preload = join(emptyFolder(), "tracer.cjs");
  writeFileSync(preload, "");
  expect((await doctor({ NODE_OPTIONS: `--require ${preload}` })).of("preloads")[0]).toMatchObject({
    verdict: "warning",
    message: expect.stringContaining("tracer.cjs"),
  });
});

test("with tracing off a DSN that cannot be read is not said to be well", async () => {
  const { of } = await doctor({ TRACING_ENABLED: "false", SENTRY_DSN: "https://sentry.example/42" });
  expect(of("dsn")).toEqual([
    expect.objectContaining({ verdict: "warning", message: "SENTRY_DSN cannot be read" }),
  ]);
});
