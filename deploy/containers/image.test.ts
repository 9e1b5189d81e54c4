import { once } from "node:events";
import { appendFileSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { credentials } from "@grpc/grpc-js";
import { ManifestServiceClient } from "@tracekeep/proto/manifest/v1";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { copyContext } from "./testing/context.ts";
import { readDockerfile } from "./testing/dockerfile.ts";
import { buildImage, type Image } from "./testing/image.ts";
import { type Running, run, start, whyNot } from "./testing/sandbox.ts";

const ROOT = join(import.meta.dirname, "../..");
const stages = readDockerfile(join(import.meta.dirname, "Dockerfile"));
const scratch = mkdtempSync(join(tmpdir(), "tracekeep-image-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const HEALTHCHECK = ["node", "/app/deploy/containers/healthcheck.ts"];
const BUILD = {
  BUILD_COMMIT: "3f2c1ab",
  BUILD_TIME: "2026-01-31T12:00:00Z",
  SERVICE_VERSION: "1.4.0",
};

/** For a registry that nothing is installed from. */
const TOKEN = "//registry.example/:_authToken=hunter2";

/** Packages are installed anew. */
const SLOW_MS = 180_000;

const hindrance = whyNot(scratch);
if (hindrance !== undefined)
  process.stdout.write(`The images' steps are left out: this machine cannot run them (${hindrance}).\n`);

const context = join(scratch, "context");

describe.skipIf(hindrance !== undefined)("the image of a service", () => {
  let files: string[];
  let image: Image;
  beforeAll(() => {
    files = copyContext(ROOT, context);
    appendFileSync(join(context, ".npmrc"), `${TOKEN}\n`);
    image = buildImage("service", {
      stages,
      args: { SERVICE: "ledger", ...BUILD },
      context,
      scratch: join(scratch, "service"),
    });
  }, SLOW_MS);

  test("is built from what is needed, without tests, secrets and documents", () => {
    expect(files).toContain("services/ledger/src/main.ts");
    expect(files).toContain(".npmrc");
    const folders = new Set(files.map((file) => file.split("/")[0]));
    const named = readFileSync(join(ROOT, ".dockerignore"), "utf8").matchAll(/^!([^/\n]+)/gm);
    expect(folders).toEqual(new Set(Array.from(named, ([, folder]) => folder)));
    expect(files.filter((file) => /\.test\.ts$|\.env|\.md$|\/dist\//.test(file))).toEqual([]);
  });

  test("has the packages that its service needs, no others, and no other service", () => {
    const installed = (name: string) => existsSync(join(image.layer, "app/node_modules", name));
    expect(["@grpc/grpc-js", "pg", "zod"].filter((name) => !installed(name))).toEqual([]);
    expect(["jest", "vitest", "typescript", "node", "hono"].filter(installed)).toEqual([]);
    expect(globSync("app/services/*/src", { cwd: image.layer })).toEqual(["app/services/ledger/src"]);
  });

  test("has nothing of npm's own settings, which may hold a token", () => {
    expect(existsSync(join(image.layer, "app/package.json"))).toBe(true);
    expect(existsSync(join(image.layer, "app/.npmrc"))).toBe(false);
  });

  test("says what it was built from", () => {
    expect(image.labels).toMatchObject({
      "org.opencontainers.image.title": "tracekeep-ledger",
      "org.opencontainers.image.revision": BUILD.BUILD_COMMIT,
      "org.opencontainers.image.created": BUILD.BUILD_TIME,
      "org.opencontainers.image.version": BUILD.SERVICE_VERSION,
    });
  });

  test("runs as process 1 without rights, writes only into its volume, answers, and ends by SIGTERM", async () => {
    const volume = join(image.layer, "var/lib/tracekeep");
    const settings = {
      PORT: "0",
      METRICS_PORT: "0",
      SHUTDOWN_GRACE_MS: "0",
      DATABASE_PATH: "/var/lib/tracekeep/ledger.db",
    };
    const sandbox = {
      ...image,
      readOnly: true,
      env: { ...image.env, ...settings },
      volumes: { "/var/lib/tracekeep": volume },
    };
    const container = await start(sandbox, image.command);
    const { address, port } = await ready(container);
    expect(address).toBe("0.0.0.0");
    const status = readFileSync(`/proc/${container.pid}/status`, "utf8");
    expect(status).toMatch(/^Uid:\t1000\t1000\t1000\t1000$/m);
    expect(status).toMatch(/^NSpid:\t\d+\t1$/m);
    expect(existsSync(join(volume, "ledger.db"))).toBe(true);
    expect(() => run(sandbox, ["touch", "/app/new"])).toThrow("Read-only file system");

    run(sandbox, [...HEALTHCHECK, `127.0.0.1:${port}`]);
    expect(await manifestOf(port)).toMatchObject({
      identity: { name: "ledger", version: "1.4.0+3f2c1ab" },
      build: { commit: BUILD.BUILD_COMMIT, buildTime: new Date(BUILD.BUILD_TIME) },
    });

    expect(await container.stop("SIGTERM")).toBe(0);
    expect(container.output()).toContain('"msg":"stopped"');
    expect(() => run(sandbox, [...HEALTHCHECK, `127.0.0.1:${port}`])).toThrow("is not healthy");
  });

  test("has folders for a volume that belong to who it runs as", () => {
    for (const folder of ["var/lib/tracekeep", "var/spool/tracekeep"])
      expect(statSync(join(image.layer, folder)).uid).toBe(1000);
  });
});

test.skipIf(hindrance !== undefined)(
  "the viewer's image lets other containers in",
  { timeout: SLOW_MS },
  async () => {
    copyContext(ROOT, context);
    appendFileSync(join(context, ".npmrc"), `${TOKEN}\n`);
    const image = buildImage("viewer", { stages, args: {}, context, scratch: join(scratch, "viewer") });
    expect(existsSync(join(image.layer, "app/.npmrc"))).toBe(false);
    const container = await start(
      { ...image, readOnly: true, env: { ...image.env, PORT: "0" } },
      image.command,
    );
    await vi.waitFor(() => expect(container.output()).toContain("Traces are shown"), { timeout: 20_000 });
    const [, port = ""] = /:(\d+)\/$/m.exec(container.output()) ?? [];
    const page = await fetch(`http://127.0.0.1:${port}/assets/page.js`);
    expect(page.status, await page.text()).toBe(200);
    // By a name of its own, as services call it.
    expect(
      await statusOf(
        { port, host: "viewer:4320", path: "/v1/traces", method: "POST" },
        '{"resourceSpans":[]}',
      ),
    ).toBe(200);
    expect(await container.stop("SIGTERM")).toBe(0);
  },
);

/** Waits until the service has logged that it is ready. */
async function ready(container: Running): Promise<{ address: string; port: number }> {
  await vi.waitFor(() => expect(container.output()).toContain('"msg":"ready"'), { timeout: 20_000 });
  const [, address = "", port = ""] = /"address":"([\d.]+):(\d+)"/.exec(container.output()) ?? [];
  return { address, port: Number(port) };
}

/** The status of a request with a `Host` of its own. */
async function statusOf(to: { port: string; host: string; path: string; method: string }, body: string) {
  const headers = { host: to.host, "content-type": "application/json" };
  const request = httpRequest({
    host: "127.0.0.1",
    port: to.port,
    path: to.path,
    method: to.method,
    headers,
  });
  const [response] = await once(request.end(body), "response");
  response.resume();
  return response.statusCode as number;
}

async function manifestOf(port: number): Promise<object> {
  const client = new ManifestServiceClient(`127.0.0.1:${port}`, credentials.createInsecure());
  try {
    return await new Promise((resolve, reject) =>
      client.getManifest({}, (error, response) => (error ? reject(error) : resolve(response))),
    );
  } finally {
    client.close();
  }
}
