import { execFile } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { isBuiltin } from "node:module";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { bundledPackages } from "./bundled-packages.ts";

const root = join(import.meta.dirname, "..");

test("what is published imports nothing that its manifest does not bring", { timeout: 60_000 }, async () => {
  await promisify(execFile)(process.execPath, [join(import.meta.dirname, "build.ts")]);
  for (const folder of ["common/tracing", "viewer"]) {
    const dist = join(root, folder, "dist");
    const {
      dependencies,
      peerDependencies = {},
      exports,
    } = JSON.parse(readFileSync(join(dist, "package.json"), "utf8"));
    const code = readFileSync(join(dist, exports["."].default), "utf8");
    const types = readFileSync(join(dist, exports["."].types), "utf8");
    const imported = new Set(
      Array.from(
        `${code}\n${types}`.matchAll(/^import (?:.+ from )?"([^".][^"]*)";$|\bimport\("([^".][^"]*)"\)/gm),
        (match) => match[1] ?? match[2] ?? "",
      ),
    );
    const packages = Array.from(imported, (name) =>
      name
        .split("/")
        .slice(0, name.startsWith("@") ? 2 : 1)
        .join("/"),
    );
    const missing = packages.filter(
      (name) => !isBuiltin(name) && !(name in dependencies) && !(name in peerDependencies),
    );
    expect(packages.length, folder).toBeGreaterThan(0);
    expect(missing, folder).toEqual([]);
  }
});

test("licences go with the code of others, and docs/LICENCES.md names it", () => {
  const page = readFileSync(join(root, "docs/LICENCES.md"), "utf8");
  const expected = { "common/tracing": ["yaml", "zod"], viewer: ["@bufbuild/protobuf"] };
  for (const [folder, names] of Object.entries(expected)) {
    const dist = join(root, folder, "dist");
    const product = JSON.parse(readFileSync(join(dist, "package.json"), "utf8")).name;
    const packages = bundledPackages(dist);
    expect(packages.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
    const notices = readFileSync(join(dist, "THIRD-PARTY-LICENCES.txt"), "utf8");
    for (const { name, version, licence } of packages) {
      expect(notices).toContain(`${name} ${version} (${licence})`);
      const row = page.split("\n").find((line) => line.startsWith(`| ${name} | ${version} | ${licence} |`));
      expect(row?.split("|").at(-2)?.split(","), name).toContainEqual(expect.stringContaining(product));
    }
    expect(notices).not.toMatch(/\n\n\n-{78}/);
  }
});

test("the library's code is Latin-1: with any other character V8 keeps the file at two bytes for each", () => {
  const code = readFileSync(join(root, "common/tracing/dist/index.js"), "utf8");
  expect(code.match(/.*[\u0100-\uffff].*/g) ?? []).toEqual([]);
});

test("the command line that is published runs, with files of its own", async () => {
  const dist = join(root, "common/tracing/dist");
  const { bin, version } = JSON.parse(readFileSync(join(dist, "package.json"), "utf8"));
  const main = join(dist, bin.tracekeep);
  const { stdout } = await promisify(execFile)(process.execPath, [main, "--version"]);
  expect(stdout).toBe(`${version}\n`);
  expect(readFileSync(join(dist, "index.js"), "utf8")).not.toContain("./cli/");
});

test("source maps lead from what is published to its sources, and name no folder of this machine", async () => {
  const dist = join(root, "common/tracing/dist");
  const code = `const { loadTracingConfig } = await import(process.argv[1]);
    loadTracingConfig({ env: { TRACE_SAMPLE_RATE: "many" }, cwd: "/" });`;
  const options = ["--enable-source-maps", "--input-type=module", "--eval", code, join(dist, "index.js")];
  const { stderr } = await promisify(execFile)(process.execPath, options).catch((error) => error);
  const [, line = "0"] = /src\/config\/load\.ts:(\d+):\d+/.exec(stderr) ?? [];
  const source = readFileSync(join(root, "common/tracing/src/config/load.ts"), "utf8");
  expect(source.split("\n")[Number(line) - 1]).toContain('throw new TracekeepError("INVALID_CONFIG"');

  const maps = globSync(["common/tracing/dist/**/*.map", "viewer/dist/**/*.map"], { cwd: root });
  expect(maps.length).toBeGreaterThan(2);
  for (const map of maps) {
    const { sources, sourcesContent } = JSON.parse(readFileSync(join(root, map), "utf8"));
    expect(
      sources.filter((path: string) => !path.startsWith("../")),
      map,
    ).toEqual([]);
    expect(sourcesContent.length, map).toBe(sources.length);
    expect(readFileSync(join(root, map), "utf8"), map).not.toContain(root);
  }
});

test("the library that is published sends without the streams of Node's HTTP, which slow down every call of gRPC", async () => {
  const paths: string[] = [];
  const intake = createServer((request, response) => {
    paths.push(request.url ?? "");
    request.resume().on("end", () => response.end());
  });
  await new Promise<void>((resolve) => intake.listen(0, "127.0.0.1", resolve));
  const code = `
    import { subscribe } from "node:diagnostics_channel";
    const { loadTracingConfig, startTracing } = await import(process.argv[1]);
    subscribe("http.client.request.created", () => console.log("a request of node:http"));
    const logger = { debug() {}, info() {}, warn: console.log, error: console.log };
    const tracing = startTracing(loadTracingConfig({ serviceName: "bundled", cwd: "/" }), { logger });
    tracing.withSpan("job", () => {});
    await tracing.shutdown();
    console.log("shut down");`;
  const { port } = intake.address() as AddressInfo;
  const env = { SENTRY_DSN: `http://key@127.0.0.1:${port}/1`, TRACE_SAMPLE_RATE: "1" };
  const options = ["--input-type=module", "--eval", code, join(root, "common/tracing/dist/index.js")];
  const { stdout } = await promisify(execFile)(process.execPath, options, { env });
  intake.close();
  expect([stdout, paths]).toEqual(["shut down\n", ["/api/1/integration/otlp/v1/traces"]]);
});
