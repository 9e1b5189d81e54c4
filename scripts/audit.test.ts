import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { judgeAudit } from "./audit.ts";
import { type Lockfile, readJson } from "./lockfile.ts";

const PACKAGE = "@grpc/grpc-js";
const { version = "" } = readJson<Lockfile>("package-lock.json").packages[`node_modules/${PACKAGE}`] ?? {};
// Of the same major version, so that other packages do not stand in its way.
const FIXED = `${version.split(".")[0]}.999.0`;

/** A registry that knows of one vulnerability; without a severity it has no audit endpoint. */
async function startRegistry(severity: string | undefined): Promise<string> {
  const advisory = {
    id: 1,
    url: "https://advisories.example/1",
    title: "it leaks",
    severity,
    vulnerable_versions: `<=${version}`,
  };
  const release = (number: string) => ({ name: PACKAGE, version: number, dist: {} });
  const versions = { [version]: release(version), [FIXED]: release(FIXED) };
  const server = createServer((request, response) => {
    if (request.method === "POST" && severity !== undefined)
      response.end(JSON.stringify({ [PACKAGE]: [advisory] }));
    else if (request.method === "GET" && request.url?.includes("grpc-js"))
      response.end(JSON.stringify({ name: PACKAGE, "dist-tags": { latest: FIXED }, versions }));
    else response.writeHead(404).end("{}");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function audit(registry: string): Promise<{ code: number; output: string }> {
  // npm remembers advisories: each run has a memory of its own.
  const cache = mkdtempSync(join(tmpdir(), "tracekeep-audit-"));
  onTestFinished(() => rmSync(cache, { recursive: true, force: true }));
  const env = { ...process.env, npm_config_registry: registry, npm_config_cache: cache };
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [join(import.meta.dirname, "audit.ts")],
      { cwd: join(import.meta.dirname, ".."), env },
      (_, stdout, stderr) => resolve({ code: child.exitCode ?? -1, output: stdout + stderr }),
    );
  });
}

test.each(["high", "critical"])(
  "a vulnerability that is %s and has a fix fails the audit",
  async (severity) => {
    const { code, output } = await audit(await startRegistry(severity));
    expect(output).toContain(`${PACKAGE} ${version}: ${severity}`);
    expect(code).toBe(1);
  },
);

test("one that is moderate is told, and does not", async () => {
  const { code, output } = await audit(await startRegistry("moderate"));
  expect(output).toContain(`${PACKAGE} ${version}: moderate`);
  expect(code).toBe(0);
});

test.each([
  ["has no audit", () => startRegistry(undefined)],
  ["does not answer", async () => "http://127.0.0.1:9"],
])("a registry that %s is said to be so, and fails nothing", async (_, registry) => {
  const { code, output } = await audit(await registry());
  expect(output).toContain("not reachable");
  expect(code).toBe(0);
});

test("what is grave but has no fix does not fail; that npm could not ask does", () => {
  const vulnerabilities = { pg: { severity: "critical", fixAvailable: false, range: "*" } };
  expect(judgeAudit({ vulnerabilities })).toEqual({ fixable: [], others: ["pg *: critical"] });
  expect(() => judgeAudit({ error: { code: "ENOLOCK", summary: "no lockfile" } })).toThrow("ENOLOCK");
});
